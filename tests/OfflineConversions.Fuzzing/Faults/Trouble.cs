using System.Text.Json.Nodes;
using OfflineConversions.Fuzzing.Processes;

namespace OfflineConversions.Fuzzing.Faults;

/// <summary>
/// What happens to the service at random: faults of Meta, kills, stops, pauses, and the work of an operator. One
/// trouble follows the other; which ones and in which order depends only on the seed.
/// </summary>
internal sealed class Trouble
{
    /// <summary>Faults of the sandbox. Each ends after some calls.</summary>
    private static readonly string[] Faults =
    [
        """ "status": 500 """,
        """ "status": 503, "body": "<html>Service Unavailable</html>", "headers": { "Retry-After": "1" } """,
        """ "status": 413, "body": "<html><body>Request Entity Too Large</body></html>" """,
        """ "status": 200, "body": "<html><body>Welcome</body></html>" """,
        """ "status": 429, "headers": { "Retry-After": "1" } """,
        """ "code": 4, "headers": { "Retry-After": "1" } """,
        """ "code": 1 """,
        """ "drop": "before" """,
        """ "drop": "after" """,
        """ "latency": "00:00:20" """,
        """ "latency": "00:00:00.3" """,
        """ "code": 190, "subcode": 463 """,
        """ "status": 403 """,
        """ "code": 100, "subcode": 33 """,
    ];

    private readonly Service _service;
    private readonly SandboxProcess _sandbox;
    private readonly OperatorClient _operator;
    private readonly Random _random;
    private readonly Kind[] _troubles;

    public Trouble(Service service, SandboxProcess sandbox, OperatorClient client, Random random)
    {
        (_service, _sandbox, _operator, _random) = (service, sandbox, client, random);
        _troubles =
        [
            new(16, "faults of Meta", FaultAsync),
            new(3, "kills", KillAsync),
            new(2, "stops", StopAsync),
            new(3, "pauses", PauseAsync),
            new(2, "replays", ReplayAsync),
            new(2, "discards", DiscardAsync),
            new(2, "new configurations", ConfigureAsync),
            new(1, "connections removed", RemoveAsync),
            new(1, "invalid configurations", MisconfigureAsync),
            new(1, "ends of all faults", EndFaultsAsync),
        ];
    }

    /// <summary>Each trouble with its time.</summary>
    public List<string> Log { get; } = [];

    /// <summary>How often each trouble happened.</summary>
    public SortedDictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>The ids of the events that were discarded; an id may occur twice.</summary>
    public List<string> Discarded { get; } = [];

    /// <summary>What the service did wrong meanwhile.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Makes Meta refuse every sale that adds to a cart.</summary>
    public Task RefuseCartsAsync() =>
        _sandbox.FaultAsync($$"""{ "eventName": "{{Sale.CartEvent}}", "code": 100, "subcode": 2804019 }""");

    /// <summary>Lets Meta refuse, fail and lose responses until it is told to stop.</summary>
    public async Task RefuseAsync(CancellationToken stop)
    {
        await RefuseCartsAsync();
        while (!stop.IsCancellationRequested)
        {
            await FaultAsync();
            await Task.WhenAny(Task.Delay(_random.Next(100, 1200), stop));
        }
    }

    /// <summary>Causes troubles until it is told to stop. Then the service runs with its whole configuration.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await RefuseCartsAsync();
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(_random.Next(100, 1200), CancellationToken.None);
            var next = Next();
            Log.Add($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {next.Name}");
            Counts[next.Name] = Counts.GetValueOrDefault(next.Name) + 1;
            if (_service.Process.HasExited)
            {
                Problems.Add($"The service ended without being told to. Its output:\n{_service.Process.Output}");
                await _service.StartAsync();
            }

            await next.Act();
        }

        _service.Configure();
    }

    /// <summary>Discards an event of the failed list.</summary>
    public async Task DiscardAsync(JsonNode failed)
    {
        await _operator.CallAsync(HttpMethod.Post, "/api/failed/discard", $$"""{"ids":[{{failed["id"]}}]}""");
        Discarded.Add((string)failed["eventId"]!);
    }

    private Kind Next()
    {
        var drawn = _random.Next(_troubles.Sum(trouble => trouble.Weight));
        return _troubles.First(trouble => (drawn -= trouble.Weight) < 0);
    }

    private Task FaultAsync()
    {
        var dataset = _random.Next(2) == 0 ? $"\"dataset\": \"{_random.Next(1, 5)}\"," : "";
        var fault = $$"""{ {{dataset}} "times": {{_random.Next(1, 12)}}, {{Faults[_random.Next(Faults.Length)]}} }""";
        Log.Add(fault);
        return _sandbox.FaultAsync(fault);
    }

    private async Task KillAsync()
    {
        await _service.KillAsync();
        await Task.Delay(_random.Next(0, 500));
        await _service.StartAsync();
    }

    private async Task StopAsync()
    {
        if (!await _service.Process.StopAsync())
        {
            Problems.Add($"The service did not stop with 0. Its output:\n{_service.Process.Output}");
        }

        await _service.StartAsync();
    }

    private async Task PauseAsync()
    {
        var name = SalesSource.All[_random.Next(SalesSource.All.Count)].Name;
        await _operator.CallAsync(HttpMethod.Post, $"/api/connections/{name}/pause");
        await Task.Delay(_random.Next(0, 1500));
        if (_random.Next(3) == 0)
        {
            await KillAsync();
        }

        await _operator.CallAsync(HttpMethod.Post, $"/api/connections/{name}/resume");
    }

    private Task<JsonNode> ReplayAsync() =>
        _operator.CallAsync(HttpMethod.Post, "/api/failed/replay", """{"all":true}""");

    private async Task DiscardAsync()
    {
        var failed = (await _operator.CallAsync(HttpMethod.Get, "/api/failed?limit=1000")).AsArray();
        if (failed.Count > 0)
        {
            await DiscardAsync(failed[_random.Next(failed.Count)]!);
        }
    }

    private async Task ConfigureAsync()
    {
        _service.Configure(rotates: _random.Next(2) == 0);
        await Task.Delay(_random.Next(0, 2000));
    }

    private async Task RemoveAsync()
    {
        _service.Configure(without: SalesSource.All[_random.Next(SalesSource.All.Count)].Name);
        await Task.Delay(_random.Next(1000, 4000));
        if (_random.Next(3) == 0)
        {
            await KillAsync();
        }

        _service.Configure();
        await WaitForConnectionsAsync();
    }

    private async Task MisconfigureAsync()
    {
        _service.Misconfigure();
        await Task.Delay(_random.Next(0, 3000));
        _service.Configure();
    }

    private async Task EndFaultsAsync()
    {
        await _sandbox.ClearFaultsAsync();
        await ReplayAsync();
        await Task.Delay(_random.Next(0, 2000));
        await RefuseCartsAsync();
    }

    /// <summary>A removed connection is back within three seconds; pausing it before would be a 404.</summary>
    private async Task WaitForConnectionsAsync()
    {
        while (
            (await _operator.CallAsync(HttpMethod.Get, "/api/connections"))
                .AsArray()
                .Count(one => (string?)one!["state"] != "unconfigured") < SalesSource.All.Count
        )
        {
            await Task.Delay(100);
        }
    }

    /// <param name="Weight">How often it happens, in relation to the others.</param>
    /// <param name="Name">Its name in the report, in the plural.</param>
    /// <param name="Act">Causes it.</param>
    private sealed record Kind(int Weight, string Name, Func<Task> Act);
}
