using System.Net;
using System.Net.Sockets;

namespace OfflineConversions.Fuzzing.Processes;

/// <summary>A port of 127.0.0.1 on which nothing listens yet.</summary>
internal static class FreePort
{
    /// <summary>Asks the system for one.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
