using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using OfflineConversions.Conversions;
using OfflineConversions.Json;

namespace OfflineConversions.Privacy;

/// <summary>
/// Keeps personal data out of <c>custom_data</c>, where Meta forbids it: names that are match keys, and text that holds
/// an e-mail address, at any depth. Text that is no Unicode is left out too, because nothing can be said about it, and
/// so are numbers that no double can hold.
/// </summary>
public static class PersonalDataGuard
{
    // Meta's names, the legacy ones, and the vendors' own spellings, without case, blanks, dashes and underscores.
    private static readonly FrozenSet<string> MatchKeyNames = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "em",
        "email",
        "emailaddress",
        "ph",
        "phone",
        "phonenumber",
        "mobile",
        "mobilenumber",
        "mobilephone",
        "telephone",
        "fn",
        "firstname",
        "givenname",
        "ln",
        "lastname",
        "surname",
        "familyname",
        "fullname",
        "fi",
        "f5first",
        "f5last",
        "ge",
        "gen",
        "gender",
        "sex",
        "db",
        "dob",
        "doby",
        "dobm",
        "dobd",
        "birthday",
        "birthdate",
        "dateofbirth",
        "ct",
        "city",
        "st",
        "state",
        "zp",
        "zip",
        "zipcode",
        "postalcode",
        "postcode",
        "country",
        "externalid",
        "externid",
        "madid",
        "advertisingid",
        "iosadvertisingid",
        "androidadvertisingid",
        "idfa",
        "gaid",
        "leadid",
        "clientipaddress",
        "ipaddress",
        "ip",
        "clientuseragent",
        "useragent",
        "fbc",
        "fbp"
    );

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> NamesBySpan =
        MatchKeyNames.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly int LongestName = MatchKeyNames.Max(name => name.Length);

    /// <summary>Removes what must not be there and notes it.</summary>
    public static void Clean(CustomData customData, bool guard, Warnings warnings)
    {
        List<(string Name, JsonElement Value, JsonElement? Instead)>? changes = null;
        for (var index = 0; index < customData.Entries.Count; index++)
        {
            var (name, value) = customData.Entries[index];
            if (guard && (IsMatchKey(name) || HoldsEmail(name)))
            {
                (changes ??= []).Add((name, default, Instead: null));
            }
            else if (value.Text is { } text)
            {
                if (guard && HoldsEmail(text))
                {
                    (changes ??= []).Add((name, default, Instead: null));
                }
            }
            else if (!IsClean(value.Json, guard))
            {
                (changes ??= []).Add((name, value.Json, Rewrite(value.Json, guard)));
            }
        }

        if (changes is null)
        {
            return;
        }

        foreach (var (name, value, instead) in changes)
        {
            warnings.Add(value.ValueKind == JsonValueKind.Number ? Warning.InvalidNumber : Warning.PersonalDataRemoved);
            if (instead is { } cleaned)
            {
                customData.Replace(name, cleaned);
            }
        }

        customData.RemoveAll(
            changes
                .Where(change => change.Instead is null)
                .Select(change => change.Name)
                .ToHashSet(StringComparer.Ordinal)
        );
    }

    /// <summary>
    /// Leaves e-mail addresses out of the standard parts of the sale: most of them stand in <c>custom_data</c> as well.
    /// </summary>
    public static void CleanSale(ConversionEvent conversion, bool guard, Warnings warnings)
    {
        if (!guard || IsCleanSale(conversion))
        {
            return;
        }

        conversion.UploadTag = CleanText(conversion.UploadTag, warnings);
        conversion.ContentType = CleanText(conversion.ContentType, warnings);
        conversion.OrderId = CleanText(conversion.OrderId, warnings);
        conversion.ItemNumber = CleanText(conversion.ItemNumber, warnings);
        conversion.ContentIds = [.. conversion.ContentIds.Where(id => CleanText(id, warnings) is not null)];
        conversion.DataProcessing = conversion.DataProcessing is { } processing
            ? processing with
            {
                Options = [.. processing.Options.Where(option => CleanText(option, warnings) is not null)],
            }
            : null;
        for (var at = 0; at < conversion.Targets.Count; at++)
        {
            var target = conversion.Targets[at];
            conversion.Targets[at] = target with { ContentType = CleanText(target.ContentType, warnings) };
        }

        for (var at = 0; at < conversion.Contents.Count; at++)
        {
            var content = conversion.Contents[at];
            conversion.Contents[at] = content with
            {
                Id = CleanText(content.Id, warnings),
                Brand = CleanText(content.Brand, warnings),
                Category = CleanText(content.Category, warnings),
            };
        }
    }

    private static bool IsCleanSale(ConversionEvent conversion) =>
        !HoldsEmail(conversion.UploadTag)
        && !HoldsEmail(conversion.ContentType)
        && !HoldsEmail(conversion.OrderId)
        && !HoldsEmail(conversion.ItemNumber)
        && conversion.ContentIds.All(id => !HoldsEmail(id))
        && (conversion.DataProcessing?.Options.All(option => !HoldsEmail(option)) ?? true)
        && conversion.Targets.TrueForAll(target => !HoldsEmail(target.ContentType))
        && conversion.Contents.TrueForAll(content =>
            !HoldsEmail(content.Id) && !HoldsEmail(content.Brand) && !HoldsEmail(content.Category)
        );

    private static string? CleanText(string? text, Warnings warnings)
    {
        if (text is null || !HoldsEmail(text))
        {
            return text;
        }

        warnings.Add(Warning.PersonalDataRemoved);
        return null;
    }

    /// <summary>
    /// A page address without an e-mail address in it: its query goes, and where that is not enough, all of it.
    /// </summary>
    public static string? CleanUrl(string? url, bool guard, Warnings warnings)
    {
        if (!guard || url is null || !HoldsEmail(url))
        {
            return url;
        }

        warnings.Add(Warning.PersonalDataRemoved);
        var path = url.Split('?', '#')[0];
        return HoldsEmail(path) ? null : path;
    }

    /// <summary>Whether a name is that of a match key, in any spelling.</summary>
    public static bool IsMatchKey(string name)
    {
        Span<char> letters = stackalloc char[LongestName + 1];
        var count = 0;
        foreach (var character in name)
        {
            if (character is ' ' or '_' or '-' or '$')
            {
                continue;
            }

            if (count == letters.Length)
            {
                return false;
            }

            letters[count++] = character;
        }

        return NamesBySpan.Contains(letters[..count]);
    }

    /// <summary>
    /// Whether a text holds an e-mail address: a local part, an at sign (or its percent code, however often encoded
    /// again) and a domain of two labels.
    /// </summary>
    public static bool HoldsEmail(ReadOnlySpan<char> text)
    {
        // Nearly every text has neither.
        if (!text.ContainsAny('@', '%'))
        {
            return false;
        }

        for (var at = 0; at < text.Length; at++)
        {
            var width = AtSign(text[at..]);
            if (
                width > 0
                && Rune.DecodeLastFromUtf16(text[..at], out var before, out _) == OperationStatus.Done
                && IsOfLocalPart(before)
                && StartsWithDomain(text[(at + width)..])
            )
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The length of the at sign that the text begins with, or 0: <c>@</c>, <c>%40</c>, <c>%2540</c> as in an address
    /// within an address, and so on.
    /// </summary>
    private static int AtSign(ReadOnlySpan<char> text)
    {
        if (text[0] != '%')
        {
            return text[0] == '@' ? 1 : 0;
        }

        var code = 1;
        while (text[code..].StartsWith("25", StringComparison.Ordinal))
        {
            code += 2;
        }

        return text[code..].StartsWith("40", StringComparison.Ordinal) ? code + 2 : 0;
    }

    // Accents may stand on their own, and vowel signs do; what colours an emoji is neither.
    private static bool IsOfWords(Rune rune) =>
        Rune.IsLetterOrDigit(rune)
        || (
            Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            && rune.Value is < 0xFE00 or > 0xFE0F
        );

    private static bool IsOfLocalPart(Rune rune) =>
        IsOfWords(rune)
        || (rune.IsAscii && "!#$%&'*+/=?^_`{|}~.-\"".Contains((char)rune.Value, StringComparison.Ordinal));

    // A label, a dot, and a top-level domain of two letters or more.
    private static bool StartsWithDomain(ReadOnlySpan<char> text)
    {
        var label = 0;
        while (Rune.DecodeFromUtf16(text, out var rune, out var length) == OperationStatus.Done)
        {
            text = text[length..];
            if (rune.Value == '.')
            {
                if (label > 0 && StartsWithTopLevel(text))
                {
                    return true;
                }

                label = 0;
            }
            else if (IsOfWords(rune) || rune.Value == '-')
            {
                label++;
            }
            else
            {
                return false;
            }
        }

        return false;
    }

    private static bool StartsWithTopLevel(ReadOnlySpan<char> text) =>
        Rune.DecodeFromUtf16(text, out var first, out var length) == OperationStatus.Done
        && Rune.IsLetter(first)
        && Rune.DecodeFromUtf16(text[length..], out var second, out _) == OperationStatus.Done
        && IsOfWords(second)
        && !Rune.IsDigit(second);

    private static bool IsClean(JsonElement element, bool guard)
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

    private static bool IsCleanScalar(JsonElement element, bool guard) =>
        element.ValueKind is JsonValueKind.Object or JsonValueKind.Array || IsClean(element, guard);

    private static bool IsCleanName(JsonProperty property, bool guard) =>
        JsonText.NameOf(property) is { } name && (!guard || !(IsMatchKey(name) || HoldsEmail(name)));

    private static bool IsCleanText(JsonElement text, bool guard)
    {
        var raw = JsonText.Raw(text);
        if (!raw.ContainsAny((byte)'\\', (byte)'@', (byte)'%'))
        {
            return Utf8.IsValid(raw);
        }

        return JsonText.Decode(text) is { } decoded && !(guard && HoldsEmail(decoded));
    }

    // Rare: something inside has to go, so the value is written anew without it.
    private static JsonElement? Rewrite(JsonElement element, bool guard)
    {
        if (element.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            WriteClean(writer, element, guard);
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory, JsonLimits.Document);
        return document.RootElement.Clone();
    }

    private static void WriteClean(Utf8JsonWriter writer, JsonElement element, bool guard)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in element.EnumerateObject())
                {
                    if (IsCleanName(property, guard) && IsCleanScalar(property.Value, guard))
                    {
                        writer.WritePropertyName(property.Name);
                        WriteClean(writer, property.Value, guard);
                    }
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    if (IsCleanScalar(item, guard))
                    {
                        WriteClean(writer, item, guard);
                    }
                }

                writer.WriteEndArray();
                break;
            default:
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(element), skipInputValidation: true);
                break;
        }
    }
}
