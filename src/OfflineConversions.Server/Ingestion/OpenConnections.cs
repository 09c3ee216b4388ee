using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Ingestion;

/// <summary>
/// Counts the open connections. Those above the limit are served, but their posts are refused: health checks go on.
/// </summary>
internal sealed class OpenConnections(ServiceOptions options)
{
    private static readonly object Above = new();
    private int _open;

    /// <summary>How many are open.</summary>
    public int Count => Volatile.Read(ref _open);

    /// <summary>Counts the connection for as long as it lasts.</summary>
    public async Task CountAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (Interlocked.Increment(ref _open) > options.Ingestion.MaxConnections)
        {
            connection.Items[Above] = Above;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    /// <summary>
    /// Refuses a request that came over a connection above the limit, and ends that connection: the next one may find
    /// room.
    /// </summary>
    public static Refusal? Refuse(HttpContext context)
    {
        if (context.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(Above) != true)
        {
            return null;
        }

        context.Response.Headers.Connection = "close";
        return Refusal.Busy;
    }
}
