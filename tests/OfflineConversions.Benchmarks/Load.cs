using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OfflineConversions.Benchmarks;

/// <summary>
/// Posts one body over keep-alive connections, each event with an id of its own, one post after the other on each
/// connection.
/// </summary>
internal sealed class Load
{
    /// <summary>Stands where each event's id is written.</summary>
    public const string IdPlaceholder = "00000000-0000-0000-0000-000000000000";

    private readonly byte[] _body;
    private readonly int[] _idsAt;
    private readonly int _eventsEach;
    private long _longest;
    private long _lastId = Random.Shared.NextInt64(1_000_000_000);

    public Load(byte[] body, int eventsEach)
    {
        _body = body;
        _eventsEach = eventsEach;
        _idsAt = FindIds(body).ToArray();
    }

    public int BodyBytes => _body.Length;

    /// <summary>Events a second over the given number of connections.</summary>
    public async Task<double> RunAsync(int port, string path, int connections, TimeSpan duration)
    {
        using var stop = new CancellationTokenSource(duration);
        var started = Stopwatch.GetTimestamp();
        var posts = await Task.WhenAll(
            Enumerable.Range(0, connections).Select(_ => Task.Run(() => PostAsync(port, path, stop.Token)))
        );
        return posts.Sum() * _eventsEach / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>How long the slowest post took since the last time this was asked.</summary>
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

    /// <summary>One keep-alive connection.</summary>
    public async Task<Line> OpenAsync(int port, string path)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, CancellationToken.None);
        var head = Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {Convert.ToBase64String("benchmark-key:"u8)}\r\nContent-Type: application/json\r\nContent-Length: {_body.Length}\r\n\r\n"
        );
        return new Line(this, socket, [.. head, .. _body], head.Length);
    }

    /// <summary>A connection that posts the body with fresh ids.</summary>
    internal sealed class Line(Load load, Socket socket, byte[] request, int headBytes) : IDisposable
    {
        private readonly byte[] _answer = new byte[4096];

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
            await ReadAnswerAsync(socket, _answer);
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

    private static async Task ReadAnswerAsync(Socket socket, byte[] buffer)
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
            throw new InvalidOperationException($"The server answered {Encoding.ASCII.GetString(buffer, 0, length)}");
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var name = "Content-Length: "u8;
        var at = answer.IndexOf(name);
        if (at < 0)
        {
            return answer.EndsWith("0\r\n\r\n"u8); // chunked
        }

        var digits = answer[(at + name.Length)..];
        return answer.Length >= end + 4 + int.Parse(digits[..digits.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
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
