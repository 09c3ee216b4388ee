using System.Text;
using System.Text.Json;
using OfflineConversions.Server.Tests.Acceptance;
using OfflineConversions.Server.Tests.Outbox;
using OfflineConversions.Server.Tests.Outbox.Postgres;

namespace OfflineConversions.Server.Tests.Alerts;

/// <summary>Alerts of real processes on one database, one of which is killed, with a webhook on a real port.</summary>
public sealed class AlertReplicasTests : IAsyncLifetime
{
    private readonly List<ServiceProcess> _replicas = [];
    private readonly List<TemporaryFolder> _folders = [];
    private string _database = "";
    private WebhookReceiver _webhook = null!;
    private SandboxGraph _graph = null!;

    public async Task InitializeAsync()
    {
        _database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        _webhook = await WebhookReceiver.StartAsync();
        _graph = await SandboxGraph.StartAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        _folders.ForEach(folder => folder.Dispose());
        if (_webhook is not null)
        {
            await _webhook.DisposeAsync();
            await _graph.DisposeAsync();
        }
    }

    [PosixFact]
    public async Task Three_replicas_notify_once_and_the_end_is_notified_although_who_notified_the_beginning_died()
    {
        await StartAsync(count: 3);
        await HaltAsync();
        await NotificationsAsync("halted firing");
        await NotedAsync();
        await _replicas[0].KillAsync();
        await SetFaultAsync(HttpMethod.Delete, "");
        await _replicas[1].OperateAsync<JsonElement>(HttpMethod.Post, "/api/connections/segment/resume");

        await NotificationsAsync("halted firing", "halted resolved");
    }

    [PosixFact]
    public async Task What_a_replica_that_died_could_not_deliver_another_one_delivers()
    {
        _webhook.FailWith(Enumerable.Repeat(503, 1000).ToArray());
        await StartAsync(count: 2);
        await HaltAsync();
        await Wait.UntilAsync(() => !_webhook.Calls.IsEmpty);
        await _replicas[0].KillAsync();
        _webhook.Recover();

        await NotificationsAsync("halted firing");
        var bodies = _webhook.Calls.Select(call => Encoding.UTF8.GetString(call.Body)).Distinct();
        bodies.Should().ContainSingle("every try has the same body");
    }

    /// <summary>The first one is alone until it watches the alerts.</summary>
    private async Task StartAsync(int count)
    {
        for (var started = 0; started < count; started++)
        {
            _folders.Add(new TemporaryFolder());
            _replicas.Add(
                await ServiceProcess.StartAsync(
                    _folders[^1],
                    $$"""
                    "Outbox": {
                      "Provider": "PostgreSql", "ConnectionString": "{{_database}}", "LeaseDuration": "00:00:05"
                    },
                    "Graph": { "BaseAddress": "{{_graph.Address}}" },
                    "Alerts": { "Webhooks": [{ "Url": "{{_webhook.Address}}hook" }] },
                    "Delivery": {
                      "FlushInterval": "00:00:00.05", "ProbeBaseDelay": "01:00:00", "ProbeMaxDelay": "01:00:00"
                    },
                    {{Settings.Connections}}
                    """
                )
            );
            await UntilCountAsync("tasks WHERE name = 'alerts'", 1);
        }
    }

    /// <summary>Lasts until the fault is over, so that no replica sends what another one was refused.</summary>
    private async Task HaltAsync()
    {
        await SetFaultAsync(HttpMethod.Post, """{"code":190,"subcode":463}""");
        (await _replicas[^1].Http.PostOrdersAsync("order-1")).Should().BeTrue();
    }

    private async Task SetFaultAsync(HttpMethod method, string json)
    {
        using var http = new HttpClient { BaseAddress = _graph.Address };
        using var request = new HttpRequestMessage(method, "/sandbox/faults")
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        using var response = await http.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    private async Task NotificationsAsync(params string[] expected)
    {
        await _replicas[^1].UntilAsync(() => Task.FromResult(_webhook.Taken.Count >= expected.Length));
        _webhook
            .Taken.Select(one => $"{one.GetProperty("alert").GetString()} {one.GetProperty("state").GetString()}")
            .Should()
            .Equal(expected);
    }

    /// <summary>Until then a kill would repeat it, because the service has not noted the webhook's response.</summary>
    private Task NotedAsync() => UntilCountAsync("alert_notifications", 0);

    private Task UntilCountAsync(string rows, long expected) =>
        Wait.UntilAsync(async () =>
            await PostgresServer.AskAsync<long>(_database, $"SELECT count(*) FROM offlineconversions.{rows}")
            == expected
        );
}
