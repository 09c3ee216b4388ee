using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OfflineConversions.Benchmarks;

/// <summary>Thousands of sockets that never finish: half trickle the head of a request, a quarter a body with a key, a quarter a body without. Those that are cut off come again.</summary>
internal sealed class SlowSockets : IAsyncDisposable
{
    private static readonly byte[] Head = "POST /rudderstack/v1/track HTTP/1.1\r\nHost: a\r\nX-Slow: "u8.ToArray();
    private static readonly byte[] KnownBody = Encoding.ASCII.GetBytes($"POST /rudderstack/v1/track HTTP/1.1\r\nHost: a\r\nAuthorization: Basic {Convert.ToBase64String("benchmark-key:"u8)}\r\nContent-Length: 100000\r\n\r\n");
    private static readonly byte[] StrangersBody = "POST /segment/v1/track HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"u8.ToArray();
    private static readonly byte[] Trickle = Encoding.ASCII.GetBytes(new string(' ', 260)); // just above Kestrel's 240 bytes a second

    private readonly CancellationTokenSource _stop = new();
    private readonly Socket?[] _sockets;
    private readonly int _port;
    private Task _trickling = Task.CompletedTask;
    private int _again;

    private SlowSockets(int port, int count) => (_port, _sockets) = (port, new Socket?[count]);

    public static async Task<IAsyncDisposable> HoldAsync(int port, int count)
    {
        var slow = new SlowSockets(port, count);
        for (var at = 0; at < count; at++)
        {
            await slow.OpenAsync(at);
        }

        slow._trickling = Task.Run(slow.TrickleAsync);
        return slow;
    }

    public override string ToString() => $"{_sockets.Count(socket => socket is not null)} slow sockets held, {_again} were cut off and came again";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _trickling;
        foreach (var socket in _sockets)
        {
            socket?.Dispose();
        }

        _stop.Dispose();
    }

    private async Task OpenAsync(int at)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _port);
        await socket.SendAsync(at % 2 == 0 ? Head : at % 4 == 1 ? KnownBody : StrangersBody);
        socket.Blocking = false;
        _sockets[at] = socket;
    }

    // Once a second each, spread over the second.
    private async Task TrickleAsync()
    {
        const int Slices = 20;
        for (var slice = 0; !_stop.IsCancellationRequested; slice = (slice + 1) % Slices)
        {
            for (var at = slice; at < _sockets.Length && !_stop.IsCancellationRequested; at += Slices)
            {
                try
                {
                    if (_sockets[at]!.Poll(0, SelectMode.SelectRead))
                    {
                        throw new SocketException((int)SocketError.ConnectionReset); // answered or closed
                    }

                    _sockets[at]!.Send(at % 2 == 0 ? Trickle.AsSpan(0, 1) : Trickle);
                }
                catch (SocketException)
                {
                    _sockets[at]!.Dispose();
                    _again++;
                    await OpenAsync(at);
                }
            }

            await Task.Delay(1000 / Slices);
        }
    }
}
