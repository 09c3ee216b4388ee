using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Tests.Acceptance;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Alerts;

/// <summary>Alerts of a real process across restarts and kills, with a webhook on a real port.</summary>
public sealed class AlertRestartTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private WebhookReceiver _webhook = null!;

    public async Task InitializeAsync() => _webhook = await WebhookReceiver.StartAsync();

    public async Task DisposeAsync()
    {
        await _webhook.DisposeAsync();
        _folder.Dispose();
    }

    [PosixFact]
    public Task A_restart_repeats_no_notification_and_loses_no_end() => RepeatsAndLosesNothingAsync(kill: false);

    [PosixFact]
    public Task A_kill_repeats_no_notification_and_loses_no_end() => RepeatsAndLosesNothingAsync(kill: true);

    private async Task RepeatsAndLosesNothingAsync(bool kill)
    {
        await using (var service = await StartAsync())
        {
            await HaltAsync(service);
            await NotificationsAsync("halted firing");
            await NotedAsync();
            await EndAsync(service, kill);
        }

        await using var again = await StartAsync();
        await again.OperateAsync<JsonElement>(HttpMethod.Post, "/api/connections/segment/resume");

        await NotificationsAsync("halted firing", "halted resolved");
    }

    [PosixFact]
    public async Task What_ended_while_the_service_was_down_is_notified_at_the_start()
    {
        await using (var service = await StartAsync())
        {
            await HaltAsync(service);
            await NotificationsAsync("halted firing");
            await NotedAsync();
            await service.KillAsync();
        }

        await using var again = await StartAsync(Settings.Connections.Replace("\"segment\":", "\"other\":"));

        await NotificationsAsync("halted firing", "halted resolved");
    }

    [PosixFact]
    public Task A_notification_that_was_not_taken_is_repeated_after_a_restart() => IsRepeatedAsync(kill: false);

    [PosixFact]
    public Task A_notification_that_was_not_taken_is_repeated_after_a_kill() => IsRepeatedAsync(kill: true);

    private async Task IsRepeatedAsync(bool kill)
    {
        _webhook.FailWith(Enumerable.Repeat(503, 1000).ToArray());
        await using (var service = await StartAsync())
        {
            await HaltAsync(service);
            await Wait.UntilAsync(() => !_webhook.Calls.IsEmpty);
            await EndAsync(service, kill);
        }

        _webhook.Recover();
        await using var again = await StartAsync();

        await NotificationsAsync("halted firing");
        var bodies = _webhook.Calls.Select(call => Encoding.UTF8.GetString(call.Body)).Distinct();
        bodies.Should().ContainSingle("every try has the same body");
    }

    [PosixFact]
    public async Task What_is_not_known_yet_after_a_restart_has_not_ended()
    {
        await using (var service = await StartAsync())
        {
            await DescribeTokenAsync(service, DateTimeOffset.UtcNow.AddDays(3));
            await service.OperateAsync<JsonElement>(HttpMethod.Get, "/api/connections/segment/token");
            await NotificationsAsync("token_ending firing");
            await FaultAsync(service, new JsonObject { ["code"] = 100, ["subcode"] = 2804050 });
            (await service.Http.PostOrdersAsync("order-1")).Should().BeTrue();
            await NotificationsAsync("token_ending firing", "failed_growing firing");
            await NotedAsync();
            await service.KillAsync();
        }

        await using var again = await StartAsync();
        await HaltAsync(again);
        await NotificationsAsync("token_ending firing", "failed_growing firing", "halted firing");

        await DescribeTokenAsync(again, DateTimeOffset.UtcNow.AddDays(60));
        await again.OperateAsync<JsonElement>(HttpMethod.Get, "/api/connections/segment/token");
        await NotificationsAsync(
            "token_ending firing",
            "failed_growing firing",
            "halted firing",
            "token_ending resolved"
        );
    }

    [PosixFact]
    public async Task A_new_webhook_is_notified_of_what_holds_and_the_others_are_not()
    {
        await using (var service = await StartAsync())
        {
            await HaltAsync(service);
            await NotificationsAsync("halted firing");
            await NotedAsync();
            await EndAsync(service, kill: false);
        }

        await using var second = await WebhookReceiver.StartAsync();
        await using var again = await StartAsync(webhooks: [_webhook, second]);
        await Wait.UntilAsync(() => second.Taken.Count > 0);
        await again.OperateAsync<JsonElement>(HttpMethod.Post, "/api/connections/segment/resume");

        await NotificationsAsync("halted firing", "halted resolved");
        await Wait.UntilAsync(() => second.Taken.Count == 2);
        second.Taken.Select(Name).Should().Equal("halted firing", "halted resolved");
    }

    private Task<ServiceProcess> StartAsync(string? connections = null, params WebhookReceiver[] webhooks)
    {
        webhooks = webhooks.Length > 0 ? webhooks : [_webhook];
        var urls = string.Join(',', webhooks.Select(webhook => $$"""{ "Url": "{{webhook.Address}}hook" }"""));
        return ServiceProcess.StartAsync(
            _folder,
            $$"""
            "Sandbox": { "Enabled": true }, "Alerts": { "Webhooks": [{{urls}}] },
            "Delivery": { "FlushInterval": "00:00:00.05", "ProbeBaseDelay": "01:00:00", "ProbeMaxDelay": "01:00:00" },
            {{connections ?? Settings.Connections}}
            """
        );
    }

    private static async Task EndAsync(ServiceProcess service, bool kill)
    {
        if (kill)
        {
            await service.KillAsync();
        }
        else
        {
            service.Terminate();
            await service.ExitAsync();
        }
    }

    private async Task NotificationsAsync(params string[] expected)
    {
        await Wait.UntilAsync(() => _webhook.Taken.Count >= expected.Length);
        _webhook.Taken.Select(Name).Should().Equal(expected);
    }

    /// <summary>Until then a kill would repeat it, because the service has not noted the webhook's response.</summary>
    private Task NotedAsync()
    {
        var file = Files.Of(_folder.Path).Single(path => path.EndsWith(".db", StringComparison.Ordinal));
        return Wait.UntilAsync(async () =>
        {
            await using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
            await connection.OpenAsync();
            await using var waiting = connection.CreateCommand();
            waiting.CommandText = "SELECT count(*) FROM alert_notifications";
            return (long)(await waiting.ExecuteScalarAsync())! == 0;
        });
    }

    private static string Name(JsonElement notification) =>
        $"{notification.GetProperty("alert").GetString()} {notification.GetProperty("state").GetString()}";

    private static async Task HaltAsync(ServiceProcess service)
    {
        await FaultAsync(service, new JsonObject { ["code"] = 190, ["subcode"] = 463 });
        (await service.Http.PostOrdersAsync("order-2")).Should().BeTrue();
    }

    private static Task DescribeTokenAsync(ServiceProcess service, DateTimeOffset end) =>
        PostAsync(service, "/sandbox/tokens", new JsonObject { ["token"] = "t0ken", ["expiresAt"] = end });

    private static Task FaultAsync(ServiceProcess service, JsonObject fault) =>
        PostAsync(service, "/sandbox/faults", fault);

    private static async Task PostAsync(ServiceProcess service, string path, JsonObject json)
    {
        using var body = new StringContent(json.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await service.Http.PostAsync(path, body);
        response.EnsureSuccessStatusCode();
    }
}
