using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OfflineConversions.Targets.Meta;

/// <summary>Writes prepared events in the shape of one of Meta's APIs.</summary>
internal static class PayloadWriter
{
    // Non-ASCII text stays readable and short; nobody embeds these bytes in HTML.
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = Json.JsonLimits.MaxDepth + 10,
    };

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer)? _reused;

    /// <summary>The finished JSON object, exactly as it stands in Meta's <c>data</c> array.</summary>
    public static byte[] Write(PreparedEvent prepared, IMetaShape shape)
    {
        var (buffer, writer) = _reused ??= Create();
        buffer.ResetWrittenCount();
        writer.Reset(buffer);
        shape.Write(writer, prepared);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer) Create()
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        return (buffer, new Utf8JsonWriter(buffer, Options));
    }
}
