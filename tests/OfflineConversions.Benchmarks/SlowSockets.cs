using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OfflineConversions.Benchmarks;

/// <summary>
/// Thousands of sockets that never finish: half trickle the head of a request, a quarter a body with a key, a quarter a
/// body without. Those that are cut off come again.
/// </summary>
internal sealed class SlowSockets : IDisposable
{
    private static readonly byte[] Head = "POST /rudderstack/v1/track HTTP/1.1\r\nHost: a\r\nX-Slow: "u8.ToArray();
    private static readonly byte[] KnownBody = Encoding.ASCII.GetBytes(
        $"POST /rudderstack/v1/track HTTP/1.1\r\nHost: a\r\nAuthorization: Basic {Convert.ToBase64String("benchmark-key:"u8)}\r\nContent-Length: 100000\r\n\r\n"
    );
    private static readonly byte[] StrangersBody =
        "POST /segment/v1/track HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"u8.ToArray();
    private static readonly byte[] Trickle = Encoding.ASCII.GetBytes(new string(' ', 260)); // just above Kestrel's 240 bytes a second

    private readonly int _port;
    private readonly Socket[] _sockets;

    private SlowSockets(int port, int count)
    {
        _port = port;
        _sockets = [.. Enumerable.Range(0, count).Select(Open)];
    }

    /// <summary>
    /// Until the input ends. On one thread, so that the two cores are left to those who are measured.
    /// </summary>
    public static string Hold(int port, int count, Task inputEnded)
    {
        using var slow = new SlowSockets(port, count);
        Console.WriteLine(BadCompany.Ready);
        var again = 0;
        var clock = Stopwatch.StartNew();
        for (var turn = 0L; !inputEnded.IsCompleted; turn++)
        {
            // Once a second each, spread evenly over the second.
            if (TimeSpan.FromSeconds((double)turn / count) > clock.Elapsed)
            {
                Thread.Sleep(1);
            }

            again += slow.Trickles((int)(turn % count)) ? 0 : 1;
        }

        return $"{count} slow sockets, {again} were cut off and came again";
    }

    public void Dispose() => Array.ForEach(_sockets, socket => socket.Dispose());

    private bool Trickles(int at)
    {
        if (!_sockets[at].Poll(0, SelectMode.SelectRead)) // nothing to read yet: neither answered nor closed
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
            : at % 4 == 1 ? KnownBody
            : StrangersBody
        );
        socket.Blocking = false;
        return socket;
    }
}
