using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using OfflineConversions.Json;

namespace OfflineConversions.Privacy;

/// <summary>
/// Finds and leaves out, at any depth of a JSON value, what <c>custom_data</c> must not contain: personal names, text
/// with an e-mail address, text that is not Unicode, and numbers that no double can hold. Without the guard, only the
/// last two, which Meta could not read.
/// </summary>
internal static class JsonCleaner
{
    /// <summary>Whether there is nothing to leave out.</summary>
    public static bool IsClean(JsonPart element, bool guard)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return IsCleanText(element, guard);
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    if (!IsClean(item, guard))
                    {
                        return false;
                    }
                }

                return true;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    if (!IsCleanName(property, guard) || !IsClean(property.Value, guard))
                    {
                        return false;
                    }
                }

                return true;
            case JsonValueKind.Number:
                return Number.IsFinite(element);
            default:
                return true;
        }
    }

    private static bool IsCleanName(JsonMember property, bool guard) =>
        JsonText.NameOf(property) is { } name
        && (!guard || !(PersonalNames.Contain(name) || EmailFinder.FindsIn(name)));

    private static bool IsCleanText(JsonPart text, bool guard)
    {
        var raw = JsonText.Raw(text);
        if (!raw.ContainsAny((byte)'\\', (byte)'@', (byte)'%'))
        {
            return Utf8.IsValid(raw);
        }

        return JsonText.Decode(text) is { } decoded && !(guard && EmailFinder.FindsIn(decoded));
    }

    /// <summary>
    /// The value without what must be left out, or <see langword="null"/> if nothing is left. A list or object that is
    /// emptied is left out too, at every depth. Rare, so it may cost a second document.
    /// </summary>
    public static JsonPart? Clean(JsonPart element, bool guard)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            new Copy(writer, guard).Write(name: null, element);
        }

        if (buffer.WrittenCount == 0)
        {
            return null;
        }

        return JsonTree.Parse(buffer.WrittenMemory).Root;
    }

    /// <summary>A copy that starts a list or object only when something in it stays.</summary>
    private sealed class Copy(Utf8JsonWriter writer, bool guard)
    {
        private readonly List<Start> _waiting = [];

        public void Write(string? name, JsonPart element)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object when !element.HasNoParts:
                    _waiting.Add(new Start(name, IsList: false));
                    foreach (var property in element.EnumerateObject())
                    {
                        if (IsCleanName(property, guard))
                        {
                            Write(property.Name, property.Value);
                        }
                    }

                    End(isList: false);
                    break;
                case JsonValueKind.Array when !element.HasNoParts:
                    _waiting.Add(new Start(name, IsList: true));
                    foreach (var item in element.EnumerateArray())
                    {
                        Write(name: null, item);
                    }

                    End(isList: true);
                    break;
                default:
                    WriteLeaf(name, element);
                    break;
            }
        }

        private void WriteLeaf(string? name, JsonPart element)
        {
            if (!IsClean(element, guard))
            {
                return;
            }

            foreach (var start in _waiting)
            {
                WriteName(start.Name);
                if (start.IsList)
                {
                    writer.WriteStartArray();
                }
                else
                {
                    writer.WriteStartObject();
                }
            }

            _waiting.Clear();
            WriteName(name);
            writer.WriteRawValue(element.Utf8, skipInputValidation: true);
        }

        private void WriteName(string? name)
        {
            if (name is not null)
            {
                writer.WritePropertyName(name);
            }
        }

        // Whatever still waits at its own end is the container itself: everything inside has ended.
        private void End(bool isList)
        {
            if (_waiting.Count > 0)
            {
                _waiting.RemoveAt(_waiting.Count - 1);
            }
            else if (isList)
            {
                writer.WriteEndArray();
            }
            else
            {
                writer.WriteEndObject();
            }
        }

        private readonly record struct Start(string? Name, bool IsList);
    }
}
