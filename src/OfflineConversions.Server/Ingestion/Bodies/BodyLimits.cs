using System.Text.Json;
using OfflineConversions.Json;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Ingestion.Bodies;

/// <summary>
/// The limits on what a body costs to parse, beyond its size. What it costs to map is <see cref="BodyCost"/>.
/// </summary>
internal static class BodyLimits
{
    // Ordinary events have 7 bytes or more for each token. The index of a body takes 12 bytes for each, so this
    // limit keeps it below twice the largest body.
    private const int BytesPerToken = 6;

    // About a tenth of a millisecond.
    private const int TokensAtOnce = 8 * 1024;

    /// <summary>
    /// Refuses a large body with so many names, values and brackets that parsing it would cost more than any ordinary
    /// body.
    /// </summary>
    /// <param name="json">The body, not parsed yet.</param>
    /// <param name="limits">The configured limits.</param>
    /// <param name="slice">The time slice of a large body; none for a small one.</param>
    /// <exception cref="JsonException">The body is not JSON, up to the limit.</exception>
    public static Refusal? Refuse(ReadOnlySpan<byte> json, IngestionOptions limits, TimeSlice? slice)
    {
        var mostTokens = limits.MaxBodyBytes / BytesPerToken;
        return json.Length >= LargeBodies.Bytes && HasMoreTokens(json, mostTokens, slice)
            ? Refusal.TooManyTokens(mostTokens)
            : null;
    }

    /// <summary>
    /// Whether a body has more names, values and brackets than that. Counting takes a fraction of the time of parsing,
    /// and no memory.
    /// </summary>
    /// <exception cref="JsonException">The body is not JSON, up to the limit.</exception>
    internal static bool HasMoreTokens(ReadOnlySpan<byte> json, int mostTokens, TimeSlice? slice)
    {
        var reader = new Utf8JsonReader(json, JsonLimits.Reader);
        for (var tokens = 0; reader.Read(); tokens++)
        {
            if (tokens % TokensAtOnce == 0)
            {
                slice?.YieldIfOver();
            }

            if (tokens == mostTokens)
            {
                return true;
            }
        }

        return false;
    }
}
