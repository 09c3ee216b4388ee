using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using OfflineConversions.Benchmarks.Service;

namespace OfflineConversions.Benchmarks.Border;

/// <summary>
/// A stream of expensive bodies: compression bombs, depth, width, bytes that are not text. The client has a key, and
/// each of its connections posts one body after the other.
/// </summary>
internal static class NastyBodies
{
    public const string Path = "/rudderstack/v1/batch";

    private const string Key = "benchmark-key";
    private const int Connections = 4;
    private const int Much = 4_000_000;

    private static readonly Kind Nasty = new(
        Path,
        Key,
        PostsPerSecond: 40,
        [
            new(Bomb(packed => new GZipStream(packed, CompressionLevel.Fastest)), "gzip"),
            new(Bomb(packed => new BrotliStream(packed, CompressionLevel.Fastest)), "br"),
            new(Packed(Bomb(packed => new GZipStream(packed, CompressionLevel.Fastest))), "gzip, gzip"),
            new(Many("[", 100_000)),
            new(Many("[],", Much)),
            new(Many("1,", Much)),
            new(Many("{},", Much)),
            new(Many("{\"\\ud800\":\"\\udfff\"},", 1_000_000)),
            new([.. "{\"a\":\""u8, .. new byte[100_000], .. "\"}"u8]),
            new(Encoding.Latin1.GetBytes($"{{\"type\":\"track\",\"event\":\"{new string('\u00ff', 1_000_000)}\"}}")),
            new(Encoding.Unicode.GetBytes("{\"type\":\"track\"}")),
            new(ManyAddresses(100_000)),
        ]
    );

    // With a key other than that of the ordinary posts, whose latency is measured.
    private static readonly Kind EmptyEvents = new(
        "/segment/v1/batch",
        "other-key",
        PostsPerSecond: 20,
        [
            new(Encoding.ASCII.GetBytes($$"""{"batch":[{{string.Join(',', Enumerable.Repeat("{}", 9_999))}}]}""")),
            new(Encoding.ASCII.GetBytes($"[{string.Join(',', Enumerable.Repeat("0", 9_999))}]")),
        ]
    );

    /// <summary>Posts them to the service until the task ends.</summary>
    public static Task<string> StreamAsync(int port, Task ended) => StreamAsync(port, ended, Nasty);

    /// <summary>
    /// Posts small bodies of ten thousand empty events until the task ends: 30 KB that cost as much as megabytes of
    /// orders.
    /// </summary>
    public static Task<string> StreamEmptyEventsAsync(int port, Task ended) => StreamAsync(port, ended, EmptyEvents);

    private static async Task<string> StreamAsync(int port, Task ended, Kind kind)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{kind.Key}:"))
        );
        var statuses = new ConcurrentDictionary<int, int>();
        Console.WriteLine(HostileProcess.Ready);
        await Task.WhenAll(
            Enumerable.Range(0, Connections).Select(connection => PostAsync(http, connection, kind, statuses, ended))
        );
        return "responses to the bodies: "
            + string.Join(
                ", ",
                statuses.OrderBy(status => status.Key).Select(status => $"{status.Key} {status.Value} times")
            );
    }

    /// <summary>
    /// Posts them to bare Kestrel in the same process until the task ends: the floor, which shows the cost of carrying
    /// the bytes on this machine.
    /// </summary>
    public static async Task<string> StreamElsewhereAsync(Task ended)
    {
        await using var bare = await BareEndpoint.StartAsync();
        return await StreamAsync(bare.Port, ended);
    }

    private static async Task PostAsync(
        HttpClient http,
        int connection,
        Kind kind,
        ConcurrentDictionary<int, int> statuses,
        Task ended
    )
    {
        await Task.Delay(TimeSpan.FromSeconds((double)connection / kind.PostsPerSecond)); // not all connections at once
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds((double)Connections / kind.PostsPerSecond));
        for (var next = connection; !ended.IsCompleted; next += Connections)
        {
            var body = kind.Bodies[next % kind.Bodies.Length];
            using var content = new ByteArrayContent(body.Bytes);
            if (body.Encoding is not null)
            {
                content.Headers.TryAddWithoutValidation("Content-Encoding", body.Encoding);
            }

            using var response = await http.PostAsync(kind.Path, content);
            statuses.AddOrUpdate((int)response.StatusCode, 1, (_, times) => times + 1);
            await pace.WaitForNextTickAsync();
        }
    }

    private static byte[] Many(string text, int bytes) =>
        Encoding.ASCII.GetBytes($"[{string.Concat(Enumerable.Repeat(text, bytes / text.Length))}1]");

    private static byte[] ManyAddresses(int count)
    {
        var addresses = string.Concat(Enumerable.Range(0, count).Select(number => $"\"a{number}@b.co\","));
        return Encoding.ASCII.GetBytes(
            $$"""{"type":"track","event":"Order Completed","traits":{"email":[{{addresses}}1]} }"""
        );
    }

    /// <summary>300 MB of zeros.</summary>
    private static byte[] Bomb(Func<Stream, Stream> open)
    {
        using var packed = new MemoryStream();
        using (var packer = open(packed))
        {
            for (var megabyte = 0; megabyte < 300; megabyte++)
            {
                packer.Write(new byte[1_000_000]);
            }
        }

        return packed.ToArray();
    }

    private static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var packer = new GZipStream(packed, CompressionLevel.Fastest))
        {
            packer.Write(bytes);
        }

        return packed.ToArray();
    }

    private sealed record Kind(string Path, string Key, int PostsPerSecond, Body[] Bodies);

    private sealed record Body(byte[] Bytes, string? Encoding = null);
}
