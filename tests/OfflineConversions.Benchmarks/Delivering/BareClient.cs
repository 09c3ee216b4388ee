using System.Net.Http.Headers;

namespace OfflineConversions.Benchmarks.Delivering;

/// <summary>The floor of delivery: posts full requests that are ready in memory, with so many in flight.</summary>
internal static class BareClient
{
    private const int MostEvents = 1000;
    private const int MostBytes = 1_000_000;

    public static async Task<double> PostAsync(StandInForMeta meta, WaitingEvents events, int count, Run run)
    {
        var each = Math.Min(MostEvents, MostBytes / (events.PayloadBytes + 1));
        var body = Body(events, each);
        var last = Body(events, count % each);
        using var http = new HttpClient(new SocketsHttpHandler());
        var target = new Uri(meta.Address, "v23.0/1/events");
        meta.Await(count, events.PayloadBytes, run.Latency);
        var left = count;
        await Task.WhenAll(Enumerable.Range(0, run.Concurrency).Select(_ => Task.Run(PostSomeAsync)));
        return await meta.RateAsync();

        async Task PostSomeAsync()
        {
            while (Interlocked.Add(ref left, -each) + each is var before and > 0)
            {
                using var content = new ByteArrayContent(before >= each ? body : last);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                using var response = await http.PostAsync(target, content);
                await response.Content.ReadAsByteArrayAsync();
            }
        }
    }

    private static byte[] Body(WaitingEvents events, int count) =>
        [
            .. "{\"data\":["u8,
            .. Enumerable
                .Range(0, count)
                .SelectMany(number => number == 0 ? events.Payload(number) : [(byte)',', .. events.Payload(number)]),
            .. "],\"access_token\":\"benchmark\"}"u8,
        ];
}
