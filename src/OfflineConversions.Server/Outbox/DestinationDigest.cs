using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace OfflineConversions.Server.Outbox;

/// <summary>
/// What a chunk's checksum includes of its destination. So a chunk whose destination has changed on the disk, or whose
/// row names the wrong one, is found damaged.
/// </summary>
internal static class DestinationDigest
{
    /// <summary>XxHash3 over the lengths and the texts, so that no two destinations have the same input.</summary>
    public static long Of(string connection, string api, string dataset, string? uploadTag) =>
        (long)
            XxHash3.HashToUInt64(
                Encoding.UTF8.GetBytes(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{connection.Length} {api.Length} {dataset.Length} {uploadTag?.Length ?? -1} "
                    )
                        + connection
                        + api
                        + dataset
                        + uploadTag
                )
            );
}
