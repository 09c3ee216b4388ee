using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OfflineConversions.Benchmarks.Service;

/// <summary>
/// Posts one body over keep-alive connections. Each connection posts again as soon as it has the response, and every
/// event has a new id.
/// </summary>
internal sealed class Load
{
    /// <summary>The id in the body that is replaced in each post.</summary>
    public const string IdPlaceholder = "00000000-0000-0000-0000-000000000000";

    private readonly byte[] _body;
    private readonly int[] _idsAt;
    private readonly int _eventsEach;
    private long _longest;
    private long _lastId = Random.Shared.NextInt64(1_000_000_000);

    public Load(string body, int eventsEach)
    {
        _body = Encoding.UTF8.GetBytes(body);
        _eventsEach = eventsEach;
        _idsAt = FindIds(_body).ToArray();
    }

    public int BodyBytes => _body.Length;

    /// <summary>Posts for some time and returns the events a second.</summary>
    public async Task<double> RunAsync(int port, string path, int connections, TimeSpan duration)
    {
        using var stop = new CancellationTokenSource(duration);
        var started = Stopwatch.GetTimestamp();
        var posts = await Task.WhenAll(
            Enumerable.Range(0, connections).Select(_ => Task.Run(() => PostAsync(port, path, stop.Token)))
        );
        return posts.Sum() * _eventsEach / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>Returns how long the slowest post took, and starts over.</summary>
    public TimeSpan TakeLongest() => Stopwatch.GetElapsedTime(0, Interlocked.Exchange(ref _longest, 0));

    private async Task<long> PostAsync(int port, string path, CancellationToken stop)
    {
        using var line = await OpenAsync(port, path);
        var posts = 0L;
        while (!stop.IsCancellationRequested)
        {
            await line.PostAsync();
            posts++;
        }

        return posts;
    }

    /// <summary>Opens a keep-alive connection.</summary>
    public async Task<Line> OpenAsync(int port, string path)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, CancellationToken.None);
        var head = Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\n"
                + $"Authorization: Basic {Convert.ToBase64String("benchmark-key:"u8)}\r\n"
                + $"Content-Type: application/json\r\nContent-Length: {_body.Length}\r\n\r\n"
        );
        return new Line(this, socket, [.. head, .. _body], head.Length);
    }

    /// <summary>A connection that posts the body with new ids.</summary>
    internal sealed class Line(Load load, Socket socket, byte[] request, int headBytes) : IDisposable
    {
        private readonly byte[] _response = new byte[4096];

        public async Task PostAsync()
        {
            foreach (var at in load._idsAt)
            {
                Interlocked
                    .Increment(ref load._lastId)
                    .TryFormat(request.AsSpan(headBytes + at, 12), out _, "D12", CultureInfo.InvariantCulture);
            }

            var sent = Stopwatch.GetTimestamp();
            await socket.SendAsync(request, CancellationToken.None);
            await ReadResponseAsync(socket, _response);
            load.Note(Stopwatch.GetTimestamp() - sent);
        }

        public void Dispose() => socket.Dispose();
    }

    private void Note(long ticks)
    {
        for (var longest = Volatile.Read(ref _longest); ticks > longest; longest = Volatile.Read(ref _longest))
        {
            Interlocked.CompareExchange(ref _longest, ticks, longest);
        }
    }

    private static async Task ReadResponseAsync(Socket socket, byte[] buffer)
    {
        var length = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
            length += read;
            if (read == 0 || IsWhole(buffer.AsSpan(0, length)))
            {
                break;
            }
        }

        if (!buffer.AsSpan(0, length).StartsWith("HTTP/1.1 200"u8))
        {
            throw new InvalidOperationException($"The server returned {Encoding.ASCII.GetString(buffer, 0, length)}");
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> response)
    {
        var end = response.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var name = "Content-Length: "u8;
        var at = response.IndexOf(name);
        if (at < 0)
        {
            return response.EndsWith("0\r\n\r\n"u8); // chunked
        }

        var digits = response[(at + name.Length)..];
        return response.Length
            >= end + 4 + int.Parse(digits[..digits.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
    }

    private static IEnumerable<int> FindIds(byte[] body)
    {
        var placeholder = Encoding.ASCII.GetBytes(IdPlaceholder);
        var at = body.AsSpan().IndexOf(placeholder);
        while (at >= 0)
        {
            yield return at;
            var next = body.AsSpan(at + 1).IndexOf(placeholder);
            at = next < 0 ? -1 : at + 1 + next;
        }
    }
}
