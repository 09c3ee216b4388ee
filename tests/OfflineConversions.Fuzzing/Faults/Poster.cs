using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using OfflineConversions.Fuzzing.Processes;

namespace OfflineConversions.Fuzzing.Faults;

/// <summary>
/// Posts the sales of one source, singly and in batches, some of them twice. As the vendors' SDKs do, it repeats a post
/// until the service responds with success.
/// </summary>
internal sealed class Poster(SalesSource source, PostedSales posted, Func<Uri> service, Random random, Pace pace)
    : IDisposable
{
    private const int LargestBatch = 20;
    private const int Remembered = 200;

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly List<Sale> _earlier = [];
    private int _number;

    /// <summary>Posts until it is told to stop. A post that has begun is repeated until it succeeds.</summary>
    /// <param name="stop">Ends the posts.</param>
    /// <param name="giveUp">Ends the repetitions as well, which is a problem.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken giveUp)
    {
        while (!stop.IsCancellationRequested)
        {
            await PostAsync(Next(), giveUp);
            await Task.Delay(random.Next(pace.Shortest, pace.Longest), CancellationToken.None);
        }
    }

    public void Dispose() => _http.Dispose();

    private List<Sale> Next()
    {
        var size = random.Next(3) > 0 ? 1 : random.Next(2, LargestBatch + 1);
        var sales = new List<Sale>();
        for (var i = 0; i < size; i++)
        {
            sales.Add(
                new Sale(
                    $"{source.Name}-{_number++}",
                    TimeProvider.System.GetUtcNow(),
                    AddsToCart: random.Next(pace.CartEvery) == 0
                )
            );
        }

        if (_earlier.Count > 0 && random.Next(8) == 0)
        {
            sales.Insert(random.Next(sales.Count + 1), _earlier[random.Next(_earlier.Count)]);
        }

        return sales;
    }

    private async Task PostAsync(List<Sale> sales, CancellationToken giveUp)
    {
        var isInDoubt = false;
        while (await TryAsync(sales) is var outcomes)
        {
            if (outcomes is null)
            {
                if (giveUp.IsCancellationRequested)
                {
                    posted.Problem($"{source.Name}: a post never succeeded");
                    return;
                }

                posted.FailedPost();
                isInDoubt = true;
                await Task.Delay(50, CancellationToken.None);
                continue;
            }

            for (var i = 0; i < sales.Count; i++)
            {
                posted.Acknowledge(source.Name, sales[i], outcomes[i], isInDoubt);
            }

            Remember(sales);
            return;
        }
    }

    /// <summary>
    /// Sales that Meta will refuse are not repeated: a refusal releases the key, and the repeat would rightly be
    /// accepted.
    /// </summary>
    private void Remember(List<Sale> sales)
    {
        _earlier.AddRange(sales.Where(sale => !sale.AddsToCart));
        if (_earlier.Count > Remembered)
        {
            _earlier.RemoveRange(0, _earlier.Count - Remembered);
        }
    }

    /// <returns>The outcome of each sale; null if there was no success.</returns>
    private async Task<string[]?> TryAsync(List<Sale> sales)
    {
        try
        {
            using var request = source.Request(service(), sales);
            using var response = await _http.SendAsync(request);
            if (!response.IsSuccessStatusCode)
            {
                Judge(response.StatusCode);
                return null;
            }

            var events = (await response.Content.ReadFromJsonAsync<JsonNode>())!["events"]!.AsArray();
            if (!events.Select(one => (string?)one!["eventId"]).SequenceEqual(sales.Select(sale => sale.Id)))
            {
                posted.Problem($"{source.Name}: outcomes of other events: {events.ToJsonString()}");
                return null;
            }

            return [.. events.Select(one => $"{one!["outcome"]} {one["reason"]}".Trim())];
        }
        catch (Exception failure)
            when (failure is HttpRequestException or IOException or OperationCanceledException or JsonException)
        {
            return null;
        }
    }

    /// <summary>A connection that was removed from the configuration gets 401 or 403.</summary>
    private void Judge(HttpStatusCode status)
    {
        if (
            status
            is not (
                HttpStatusCode.Unauthorized
                or HttpStatusCode.Forbidden
                or HttpStatusCode.TooManyRequests
                or HttpStatusCode.ServiceUnavailable
            )
        )
        {
            posted.Problem($"{source.Name}: a post got {(int)status}");
        }
    }
}

/// <summary>How fast a source posts.</summary>
/// <param name="CartEvery">One of so many events adds to a cart.</param>
/// <param name="Shortest">The shortest pause between two posts, in milliseconds.</param>
/// <param name="Longest">The longest one.</param>
internal sealed record Pace(int CartEvery, int Shortest, int Longest);
