using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OfflineConversions.Privacy;

/// <summary>
/// A text that must not appear anywhere by accident: printed, logged or written as JSON it is <c>***</c>. Code that
/// needs the text calls <see cref="Reveal"/>, which is easy to search for.
/// </summary>
[JsonConverter(typeof(SecretAsJson))]
public sealed class Secret(string text) : IEquatable<Secret>
{
    /// <summary>What is shown instead.</summary>
    public const string Shown = "***";

    private readonly string _text = text;

    /// <summary>Whether it is empty or blank.</summary>
    public bool IsBlank => string.IsNullOrWhiteSpace(_text);

    /// <summary>The text itself.</summary>
    public string Reveal() => _text;

    public override string ToString() => Shown;

    public bool Equals(Secret? other) =>
        other is not null && string.Equals(_text, other._text, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as Secret);

    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>A text converts to a secret implicitly; the way back is <see cref="Reveal"/>.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static implicit operator Secret?(string? text) => text is null ? null : new Secret(text);

    private sealed class SecretAsJson : JsonConverter<Secret>
    {
        public override Secret? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString();

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Shown);
    }
}
