using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OfflineConversions.Json;
using OfflineConversions.Sources;
using OfflineConversions.Sources.Segment;

namespace OfflineConversions.Server.Ingestion.Protocols.Segment;

/// <summary>
/// Segment's <c>X-Signature</c>: the hex HMAC-SHA1 of the body under the shared secret; of a batch only its first
/// element is signed. Source: Segment, "Webhooks Destination" and "Webhooks (Actions) Destination".
/// </summary>
internal static class SegmentSignature
{
    /// <summary>Whether the connection requires one.</summary>
    public static bool IsRequired(MappingOptions options) =>
        options.SourceOptions is SegmentOptions { SharedSecret.IsBlank: false };

    /// <summary>Whether the signature of a request is the one that the connection's secret gives.</summary>
    public static bool Matches(HttpRequest request, MappingOptions options, ReadOnlySpan<byte> body, JsonPart root)
    {
        var signed = root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0 ? root[0].Utf8 : body;
        Span<byte> expected = stackalloc byte[HMACSHA1.HashSizeInBytes];
        Span<byte> presented = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // Segment signs with SHA-1; the choice is not ours
        HMACSHA1.HashData(
            Encoding.UTF8.GetBytes(options.Of<SegmentOptions>().SharedSecret!.Reveal()),
            signed,
            expected
        );
#pragma warning restore CA5350
        return Read(request.Headers["X-Signature"].ToString(), presented)
            && CryptographicOperations.FixedTimeEquals(expected, presented);
    }

    private static bool Read(string hex, Span<byte> bytes) =>
        hex.Length == bytes.Length * 2
        && Convert.FromHexString(hex, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
}
