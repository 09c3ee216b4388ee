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
    private long _longestRefusal;
    private long _lastId = Random.Shared.NextInt64(1_000_000_000);

    public Load(string body, int eventsEach)
    {
        _body = Encoding.UTF8.GetBytes(body);
        _eventsEach = eventsEach;
        _idsAt = FindIds(_body).ToArray();
    }

    public int BodyBytes => _body.Length;

    /// <summary>Posts for some time and returns the accepted events a second.</summary>
    public Task<double> RunAsync(int port, string path, int connections, TimeSpan duration) =>
        RunAsync([port], path, connections, duration);

    /// <summary>The same to several replicas: each connection goes to the next one.</summary>
    public async Task<double> RunAsync(IReadOnlyList<int> ports, string path, int connections, TimeSpan duration)
    {
        using var stop = new CancellationTokenSource(duration);
        var started = Stopwatch.GetTimestamp();
        var posts = await Task.WhenAll(
            Enumerable
                .Range(0, connections)
                .Select(number => Task.Run(() => PostAsync(ports[number % ports.Count], path, stop.Token)))
        );
        return posts.Sum() * _eventsEach / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>
    /// Posts at a steady pace for some time and returns the latencies in milliseconds, sorted. A latency counts from
    /// the time when the post was due, so that a stall shows in every post that it delays.
    /// </summary>
    public async Task<double[]> PaceAsync(int port, string path, int connections, double perSecond, TimeSpan duration)
    {
        var pace = TimeSpan.FromSeconds(connections / perSecond);
        var latencies = await Task.WhenAll(
            Enumerable
                .Range(0, connections)
                .Select(number =>
                    Task.Run(async () =>
                    {
                        using var line = await OpenAsync(port, path);
                        return await line.PaceAsync(pace, pace * number / connections, duration);
                    })
                )
        );
        return [.. latencies.SelectMany(some => some).Order()];
    }

    /// <summary>Returns how long the slowest post took, and starts over.</summary>
    public TimeSpan TakeLongest() => Stopwatch.GetElapsedTime(0, Interlocked.Exchange(ref _longest, 0));

    /// <summary>Returns how long the slowest refusal took, zero if there was none, and starts over.</summary>
    public TimeSpan TakeLongestRefusal() => Stopwatch.GetElapsedTime(0, Interlocked.Exchange(ref _longestRefusal, 0));

    private async Task<long> PostAsync(int port, string path, CancellationToken stop)
    {
        using var line = await OpenAsync(port, path);
        var posts = 0L;
        while (!stop.IsCancellationRequested)
        {
            posts += await line.PostAsync() ? 1 : 0;
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

        /// <summary>Posts at a steady pace, the first time after a delay, and returns the latencies.</summary>
        public async Task<List<double>> PaceAsync(TimeSpan pace, TimeSpan delay, TimeSpan duration)
        {
            var latencies = new List<double>();
            var start = Stopwatch.GetTimestamp();
            for (var due = delay; due < duration; due += pace)
            {
                var early = due - Stopwatch.GetElapsedTime(start);
                if (early > TimeSpan.Zero)
                {
                    await Task.Delay(early);
                }

                // A timer fires about a millisecond late, which is not the service's fault.
                var from = early > TimeSpan.Zero ? Stopwatch.GetElapsedTime(start) : due;
                await PostAsync();
                latencies.Add((Stopwatch.GetElapsedTime(start) - from).TotalMilliseconds);
            }

            return latencies;
        }

        /// <summary>Posts once and returns whether the post was accepted; if not, the service was busy.</summary>
        public async Task<bool> PostAsync()
        {
            foreach (var at in load._idsAt)
            {
                Interlocked
                    .Increment(ref load._lastId)
                    .TryFormat(request.AsSpan(headBytes + at, 12), out _, "D12", CultureInfo.InvariantCulture);
            }

            var sent = Stopwatch.GetTimestamp();
            await socket.SendAsync(request, CancellationToken.None);
            var isAccepted = await ReadResponseAsync(socket, _response);
            var took = Stopwatch.GetTimestamp() - sent;
            Note(ref load._longest, took);
            if (!isAccepted)
            {
                Note(ref load._longestRefusal, took);
            }

            return isAccepted;
        }

        public void Dispose() => socket.Dispose();
    }

    private static void Note(ref long longest, long ticks)
    {
        for (var known = Volatile.Read(ref longest); ticks > known; known = Volatile.Read(ref longest))
        {
            Interlocked.CompareExchange(ref longest, ticks, known);
        }
    }

    private static async Task<bool> ReadResponseAsync(Socket socket, byte[] buffer)
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

        var response = buffer.AsSpan(0, length);
        return response.StartsWith("HTTP/1.1 200"u8)
            || (
                response.StartsWith("HTTP/1.1 503"u8)
                    ? false
                    : throw new InvalidOperationException($"The server returned {Encoding.ASCII.GetString(response)}")
            );
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
