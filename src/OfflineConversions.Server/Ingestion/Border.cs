using Microsoft.AspNetCore.Server.Kestrel.Core;
using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.Ingestion;

/// <summary>Kestrel's part of the border.</summary>
public static class Border
{
    public static void Limit(KestrelServerOptions kestrel, IngestionOptions options)
    {
        kestrel.AddServerHeader = false;

        // Our own cap is lower and answers in the vendor's words. Kestrel's leaves room to drain a body that is too large,
        // so that the caller reads the answer instead of a reset connection.
        kestrel.Limits.MaxRequestBodySize = Math.Max(kestrel.Limits.MaxRequestBodySize ?? 0, 2L * options.MaxBodyBytes);
    }
}
