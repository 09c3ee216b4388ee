using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace OfflineConversions.Benchmarks;

/// <summary>
/// A stream of bodies that want to cost much: bombs, depth, width, bytes that are no text. Their caller has a key; one
/// after the other on each connection.
/// </summary>
internal static class NastyBodies
{
    public const string Path = "/rudderstack/v1/batch";

    private const int Connections = 4;
    private const int PostsPerSecond = 40;
    private const int Much = 4_000_000;

    private static readonly (string? Encoding, byte[] Body)[] Bodies =
    [
        ("gzip", Packed(300, bytes => new GZipStream(bytes, CompressionLevel.Fastest))),
        ("br", Packed(300, bytes => new BrotliStream(bytes, CompressionLevel.Fastest))),
        ("gzip, gzip", PackedAgain(Packed(300, bytes => new GZipStream(bytes, CompressionLevel.Fastest)))),
        (null, Many("[", 100_000)),
        (null, Many("[],", Much)),
        (null, Many("1,", Much)),
        (null, Many("{},", Much)),
        (null, Many("{\"\\ud800\":\"\\udfff\"},", 1_000_000)),
        (null, [.. "{\"a\":\""u8, .. new byte[100_000], .. "\"}"u8]),
        (null, Encoding.Latin1.GetBytes($"{{\"type\":\"track\",\"event\":\"{new string('\u00ff', 1_000_000)}\"}}")),
        (null, Encoding.Unicode.GetBytes("{\"type\":\"track\"}")),
        (
            null,
            Encoding.ASCII.GetBytes(
                $"{{\"type\":\"track\",\"event\":\"Order Completed\",\"traits\":{{\"email\":[{string.Concat(Enumerable.Range(0, 100_000).Select(number => $"\"a{number}@b.co\","))}1]}}}}"
            )
        ),
    ];

    /// <summary>Until the input ends.</summary>
    public static async Task<string> StreamAsync(int port, Task inputEnded)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String("benchmark-key:"u8)
        );
        var answers = new ConcurrentDictionary<int, int>();
        Console.WriteLine(BadCompany.Ready);
        await Task.WhenAll(
            Enumerable.Range(0, Connections).Select(connection => PostAsync(http, connection, answers, inputEnded))
        );
        return "nasty bodies answered: "
            + string.Join(
                ", ",
                answers.OrderBy(answer => answer.Key).Select(answer => $"{answer.Key} {answer.Value} times")
            );
    }

    /// <summary>
    /// The floor: the same stream to a bare Kestrel in the same process. What good traffic feels of it is the machine
    /// carrying bytes.
    /// </summary>
    public static async Task<string> StreamElsewhereAsync(Task inputEnded)
    {
        await using var bare = await BareEndpoint.StartAsync();
        return await StreamAsync(bare.Port, inputEnded);
    }

    private static async Task PostAsync(
        HttpClient http,
        int connection,
        ConcurrentDictionary<int, int> answers,
        Task inputEnded
    )
    {
        await Task.Delay(TimeSpan.FromSeconds((double)connection / PostsPerSecond)); // one after the other
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds((double)Connections / PostsPerSecond));
        for (var next = connection; !inputEnded.IsCompleted; next += Connections)
        {
            var (encoding, body) = Bodies[next % Bodies.Length];
            using var content = new ByteArrayContent(body);
            if (encoding is not null)
            {
                content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
            }

            using var answer = await http.PostAsync(Path, content);
            answers.AddOrUpdate((int)answer.StatusCode, 1, (_, times) => times + 1);
            await pace.WaitForNextTickAsync();
        }
    }

    private static byte[] Many(string text, int bytes) =>
        Encoding.ASCII.GetBytes($"[{string.Concat(Enumerable.Repeat(text, bytes / text.Length))}1]");

    private static byte[] Packed(int megabytes, Func<Stream, Stream> open)
    {
        using var packed = new MemoryStream();
        using (var packer = open(packed))
        {
            for (var i = 0; i < megabytes; i++)
            {
                packer.Write(new byte[1_000_000]);
            }
        }

        return packed.ToArray();
    }

    private static byte[] PackedAgain(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var packer = new GZipStream(packed, CompressionLevel.Fastest))
        {
            packer.Write(bytes);
        }

        return packed.ToArray();
    }
}
