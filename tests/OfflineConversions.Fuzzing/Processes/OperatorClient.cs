using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace OfflineConversions.Fuzzing.Processes;

/// <summary>Calls the operator's routes of the process that runs at the moment.</summary>
internal sealed class OperatorClient(Func<RunningProcess> service) : IDisposable
{
    public const string Key = "long-run-operator-key";

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new() { Timeout = MaxWait };

    /// <summary>Calls a route until it succeeds.</summary>
    /// <exception cref="TimeoutException">It does not within a minute.</exception>
    public async Task<JsonNode> CallAsync(HttpMethod method, string route, string? body = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await TryAsync(method, route, body) is { } result)
            {
                return result;
            }

            if (TimeProvider.System.GetElapsedTime(began) > MaxWait)
            {
                throw new TimeoutException($"{method} {route} did not succeed. The service:\n{service().Output}");
            }

            await Task.Delay(100);
        }
    }

    /// <summary>Reads a route that is not JSON and needs no key.</summary>
    public Task<string> TextAsync(string route) => _http.GetStringAsync(new Uri(service().Address, route));

    /// <summary>The sums of the ledger, by connection.</summary>
    public async Task<IReadOnlyDictionary<string, LedgerSums>> LedgerAsync() =>
        (await CallAsync(HttpMethod.Get, "/api/ledger"))
            .AsArray()
            .ToDictionary(
                line => (string)line!["connection"]!,
                line => new LedgerSums(
                    (long)line!["accepted"]!,
                    (long)line["delivered"]!,
                    (long)line["pending"]!,
                    (long)line["failed"]!,
                    (long)line["discarded"]!,
                    (long)line["expired"]!
                )
            );

    public void Dispose() => _http.Dispose();

    private async Task<JsonNode?> TryAsync(HttpMethod method, string route, string? body)
    {
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(service().Address, route));
            request.Content = body is null ? null : new StringContent(body);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Key);
            using var response = await _http.SendAsync(request);
            return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonNode>() : null;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return null;
        }
    }
}

/// <summary>One line of the service's ledger.</summary>
internal sealed record LedgerSums(
    long Accepted,
    long Delivered,
    long Pending,
    long Failed,
    long Discarded,
    long Expired
);
