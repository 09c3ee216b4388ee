using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OfflineConversions.Benchmarks.Border;

/// <summary>
/// Thousands of sockets that never finish a request: half of them send a head slowly, a quarter a body with a key, a
/// quarter a body without one. A socket that the service closes is opened again.
/// </summary>
internal sealed class SlowSockets : IDisposable
{
    private const int Count = 5_000;

    private static readonly byte[] Head = "POST /rudderstack/v1/track HTTP/1.1\r\nHost: a\r\nX-Slow: "u8.ToArray();
    private static readonly byte[] BodyWithKey = Encoding.ASCII.GetBytes(
        "POST /rudderstack/v1/track HTTP/1.1\r\nHost: a\r\n"
            + $"Authorization: Basic {Convert.ToBase64String("benchmark-key:"u8)}\r\nContent-Length: 100000\r\n\r\n"
    );
    private static readonly byte[] BodyWithoutKey =
        "POST /segment/v1/track HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"u8.ToArray();

    // Just above the 240 bytes a second that Kestrel requires of a body.
    private static readonly byte[] Trickle = Encoding.ASCII.GetBytes(new string(' ', 260));

    private readonly int _port;
    private readonly Socket[] _sockets;

    private SlowSockets(int port)
    {
        _port = port;
        _sockets = [.. Enumerable.Range(0, Count).Select(Open)];
    }

    /// <summary>
    /// Holds the sockets until the task ends. All of it runs on one thread, so that the cores are left to the processes
    /// that are measured.
    /// </summary>
    public static string Hold(int port, Task ended)
    {
        using var slow = new SlowSockets(port);
        Console.WriteLine(HostileProcess.Ready);
        var reopened = 0;
        var clock = Stopwatch.StartNew();
        for (var turn = 0L; !ended.IsCompleted; turn++)
        {
            // Once a second for each socket, spread evenly over the second.
            if (TimeSpan.FromSeconds((double)turn / Count) > clock.Elapsed)
            {
                Thread.Sleep(1);
            }

            reopened += slow.Sends((int)(turn % Count)) ? 0 : 1;
        }

        return $"{Count} slow sockets, {reopened} were closed and opened again";
    }

    public void Dispose() => Array.ForEach(_sockets, socket => socket.Dispose());

    /// <summary>Sends a little more on one socket, or opens it again.</summary>
    /// <returns>Whether the socket was still open.</returns>
    private bool Sends(int at)
    {
        // Nothing to read means that the service has neither answered nor closed the connection.
        if (!_sockets[at].Poll(0, SelectMode.SelectRead))
        {
            _sockets[at].Send(at % 2 == 0 ? Trickle.AsSpan(0, 1) : Trickle, SocketFlags.None, out var error);
            if (error == SocketError.Success)
            {
                return true;
            }
        }

        _sockets[at].Dispose();
        _sockets[at] = Open(at);
        return false;
    }

    private Socket Open(int at)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, _port);
        socket.Send(
            at % 2 == 0 ? Head
            : at % 4 == 1 ? BodyWithKey
            : BodyWithoutKey
        );
        socket.Blocking = false;
        return socket;
    }
}
