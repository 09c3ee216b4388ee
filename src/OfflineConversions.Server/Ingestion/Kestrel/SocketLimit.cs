using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Ingestion.Kestrel;

/// <summary>
/// Counts the open sockets. Posts on a socket above <see cref="IngestionOptions.MaxConnections"/> are refused; health
/// checks on it still get a response.
/// </summary>
internal sealed class SocketLimit(ServiceOptions options)
{
    private static readonly object AboveLimit = new();
    private int _open;

    /// <summary>The number of open sockets.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Counts the socket until it closes.</summary>
    public async Task CountAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (Interlocked.Increment(ref _open) > options.Ingestion.MaxConnections)
        {
            connection.Items[AboveLimit] = AboveLimit;
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
    /// Refuses a request on a socket above the limit and closes that socket, so that the next attempt may be below it.
    /// </summary>
    public static Refusal? Refuse(HttpContext context)
    {
        if (context.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(AboveLimit) != true)
        {
            return null;
        }

        context.Response.Headers.Connection = "close";
        return Refusal.Busy;
    }
}
