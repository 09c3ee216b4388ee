using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace OfflineConversions.Fuzzing.Processes;

/// <summary>
/// The sandbox in its own process. Its record is read again and again while it runs, because it keeps only the newest
/// events and requests.
/// </summary>
internal sealed class SandboxProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadingInterval = TimeSpan.FromSeconds(2);

    private readonly RunningProcess _process;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(2) };
    private readonly SemaphoreSlim _reading = new(1);
    private long _events;

    private SandboxProcess(RunningProcess process)
    {
        _process = process;
        _http.BaseAddress = process.Address;
    }

    public Uri Address => _process.Address;

    /// <summary>Every event so far, in the order of arrival.</summary>
    public List<ReceivedSale> Sales { get; } = [];

    /// <summary>Every request so far, by its id.</summary>
    public Dictionary<long, ReceivedCall> Calls { get; } = [];

    public static async Task<SandboxProcess> StartAsync(string folder) =>
        new(await RunningProcess.StartAsync("OfflineConversions.Sandbox.dll", folder, environment: null));

    /// <summary>Makes calls fail; see docs/reference/sandbox.md.</summary>
    public async Task FaultAsync(string fault)
    {
        using var body = new StringContent(fault, Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync("/sandbox/faults", body);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{fault}: {await response.Content.ReadAsStringAsync()}");
        }
    }

    /// <summary>Removes all faults.</summary>
    public async Task ClearFaultsAsync() => (await _http.DeleteAsync("/sandbox/faults")).EnsureSuccessStatusCode();

    /// <summary>Reads what has arrived since the last reading.</summary>
    /// <exception cref="InvalidOperationException">Something was forgotten before it was read.</exception>
    public async Task ReadAsync()
    {
        await _reading.WaitAsync();
        try
        {
            await ReadCallsAsync();
            await ReadSalesAsync();
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Reads every two seconds what has arrived, until it is stopped.</summary>
    public async Task ReadUntilAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await ReadAsync();
            await Task.WhenAny(Task.Delay(ReadingInterval, stop));
        }
    }

    /// <summary>How the sandbox shows an access token.</summary>
    public static string Fingerprint(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)))[..12];

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _reading.Dispose();
        await _process.DisposeAsync();
    }

    private async Task ReadSalesAsync()
    {
        var received = (await _http.GetFromJsonAsync<JsonNode>("/sandbox/events?limit=0"))![
            "received"
        ]!.GetValue<long>();
        if (received == _events)
        {
            return;
        }

        var read = (await _http.GetFromJsonAsync<JsonNode>($"/sandbox/events?limit={received - _events + 1000}"))!;
        foreach (var one in read["events"]!.AsArray())
        {
            var number = one!["number"]!.GetValue<long>();
            if (number <= _events)
            {
                continue;
            }

            if (number != ++_events)
            {
                throw new InvalidOperationException("The sandbox forgot events before they were read.");
            }

            var payload = SHA256.HashData(Encoding.UTF8.GetBytes(one["event"]!.ToJsonString()));
            Sales.Add(
                new ReceivedSale(
                    (string)one["eventId"]!,
                    (string)one["dataset"]!,
                    (long)one["requestId"]!,
                    Convert.ToHexStringLower(payload.AsSpan(0, 8))
                )
            );
        }
    }

    private async Task ReadCallsAsync()
    {
        var received = (await _http.GetFromJsonAsync<JsonNode>("/sandbox/requests?limit=0"))![
            "received"
        ]!.GetValue<long>();
        if (received == Calls.Count)
        {
            return;
        }

        var read = (await _http.GetFromJsonAsync<JsonNode>($"/sandbox/requests?limit={received - Calls.Count + 200}"))!;
        foreach (var one in read["requests"]!.AsArray())
        {
            Calls.TryAdd(
                (long)one!["id"]!,
                new ReceivedCall(
                    (int?)one["status"],
                    (string?)one["tokenFingerprint"],
                    TimeSpan.Parse((string)one["duration"]!, System.Globalization.CultureInfo.InvariantCulture)
                )
            );
        }

        if (Calls.Count < received)
        {
            throw new InvalidOperationException("The sandbox forgot requests before they were read.");
        }
    }
}

/// <summary>An event that the sandbox accepted.</summary>
/// <param name="Id">Its event id.</param>
/// <param name="Dataset">Its dataset.</param>
/// <param name="Call">The id of the request that contained it.</param>
/// <param name="Payload">The first digits of its payload's SHA-256.</param>
internal sealed record ReceivedSale(string Id, string Dataset, long Call, string Payload);

/// <summary>A request to the sandbox.</summary>
/// <param name="Status">The status of the response; null if the caller did not get one.</param>
/// <param name="Token">The fingerprint of its token.</param>
/// <param name="Duration">How long the response took.</param>
internal sealed record ReceivedCall(int? Status, string? Token, TimeSpan Duration);
