using System.Text.Json;
using System.Text.Json.Serialization;

namespace OfflineConversions.Sandbox.Received;

/// <summary>The bytes of a JSON value, kept and shown as they came.</summary>
[JsonConverter(typeof(Verbatim))]
internal readonly record struct RawJson(ReadOnlyMemory<byte> Utf8)
{
    internal sealed class Verbatim : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
    }
}
