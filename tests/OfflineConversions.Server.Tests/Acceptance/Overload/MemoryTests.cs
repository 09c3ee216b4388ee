using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using OfflineConversions.Server.Tests.Outbox;
using Xunit.Abstractions;

namespace OfflineConversions.Server.Tests.Acceptance.Overload;

/// <summary>
/// How much expensive bodies add to the resident memory of a running service. The measurements are in
/// docs/performance.md, "Border".
/// </summary>
public sealed class MemoryTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Megabyte = 1_000_000;
    private const int Much = 4 * Megabyte;
    private const int NotQuiteLarge = 250_000; // mapped by the thread pool

    private static readonly (string Path, string Key, int TooLarge)[] Sources =
    [
        ("/mparticle/v2/events", "APIKEY:APISECRET", 400),
        ("/segment/v1/batch", "WK_TEST_123:", 413),
        ("/rudderstack/v1/batch", "WK_RUDDER_123:", 413),
        ("/commandersact/events", "CA_TEST_123:", 400),
    ];

    private readonly TemporaryFolder _folder = new();
    private ServiceProcess _service = null!;
    private long _most;

    [LinuxFact]
    public async Task Compression_bombs_of_300_MB_add_less_than_50_MB_and_are_refused_as_too_large()
    {
        var before = await WarmAsync();
        foreach (
            var (encoding, bomb) in new[]
            {
                ("gzip", Bomb(packed => new GZipStream(packed, CompressionLevel.Optimal))),
                ("br", Bomb(packed => new BrotliStream(packed, CompressionLevel.Optimal))),
            }
        )
        {
            for (var i = 0; i < 12; i++)
            {
                var (path, key, tooLarge) = Sources[i % Sources.Length];
                (await PostAsync(path, key, bomb, encoding)).Should().Be(tooLarge, encoding);
            }
        }

        Growth(before).Should().BeLessThan(50 * Megabyte);
    }

    // Four at once, until memory is level. It grows by 120 to 150 MB. When every thread kept an index of every value,
    // it grew by 500 MB and did not stop.
    [LinuxFact]
    public async Task A_stream_of_expensive_bodies_adds_less_than_300_MB()
    {
        var before = await WarmAsync();
        var bodies = ExpensiveBodies();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 4 * Sources.Length * bodies.Length),
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (i, _) =>
            {
                var (path, key, _) = Sources[i / bodies.Length % Sources.Length];
                (await PostAsync(path, key, bodies[i % bodies.Length])).Should().BeOneOf(200, 202, 400, 413);
            }
        );

        Growth(before).Should().BeLessThan(300 * Megabyte);
    }

    public async Task InitializeAsync() => _service = await ServiceProcess.StartAsync(_folder, Settings.GraphNowhere());

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        _folder.Dispose();
    }

    private static byte[] Bomb(Func<Stream, Stream> pack)
    {
        using var packed = new MemoryStream();
        using (var packer = pack(packed))
        {
            var blanks = new byte[Megabyte];
            blanks.AsSpan().Fill((byte)' ');
            for (var i = 0; i < 300; i++)
            {
                packer.Write(blanks);
            }
        }

        var bomb = packed.ToArray();
        bomb.Length.Should().BeLessThan(Megabyte);
        return bomb;
    }

    private static byte[][] ExpensiveBodies() =>
        [
            Many("[],", Much),
            Many("1,", Much),
            Many("{},", Much),
            Many("{\"\\ud800\":\"\\udfff\"},", Megabyte),
            Many("{\"type\":\"track\",\"event\":7},", 10_000 * 25),
            Many("1,", NotQuiteLarge),
            Many("[", 100_000),
            Encoding.ASCII.GetBytes($"{{\"type\":\"track\",\"event\":\"{new string('x', Much)}\"}}"),
            Encoding.ASCII.GetBytes(
                $$"""{"batch":[{"type":"track","event":"Order Completed","a":[{{Repeat("1,", Much)}}1]}]}"""
            ),
        ];

    private static byte[] Many(string text, int bytes) => Encoding.ASCII.GetBytes($"[{Repeat(text, bytes)}1]");

    private static string Repeat(string text, int bytes) => string.Concat(Enumerable.Repeat(text, bytes / text.Length));

    /// <summary>Posts an order of each source, so that the cost of a first post does not count.</summary>
    private async Task<long> WarmAsync()
    {
        for (var i = 0; i < 20; i++)
        {
            foreach (var (path, key, _) in Sources)
            {
                await PostAsync(
                    path,
                    key,
                    "{\"batch\":[{\"type\":\"track\",\"event\":\"Order Completed\"}]}"u8.ToArray()
                );
            }
        }

        return _most = _service.MemoryBytes;
    }

    private long Growth(long before)
    {
        output.WriteLine(
            $"{before / Megabyte} MB before, {_most / Megabyte} MB at most, {_service.MemoryBytes / Megabyte} MB after"
        );
        return _most - before;
    }

    private async Task<int> PostAsync(string path, string key, byte[] body, string? encoding = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes(key))
        );
        if (encoding is not null)
        {
            request.Content.Headers.ContentEncoding.Add(encoding);
        }

        using var response = await _service.Http.SendAsync(request);
        lock (_folder)
        {
            _most = Math.Max(_most, _service.MemoryBytes);
        }

        return (int)response.StatusCode;
    }

    /// <summary>A fact about resident memory, as Linux counts it.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class LinuxFactAttribute : FactAttribute
    {
        public LinuxFactAttribute() =>
            Skip = OperatingSystem.IsLinux() ? null : "Other systems count resident memory differently.";
    }
}
