using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Alerts;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tests.Ingestion;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Alerts;

/// <summary>The whole service, its sandbox, and a webhook on a real port.</summary>
public sealed class AlertTests : IAsyncLifetime
{
    private WebhookReceiver _webhook = null!;

    public async Task InitializeAsync() => _webhook = await WebhookReceiver.StartAsync();

    public async Task DisposeAsync() => await _webhook.DisposeAsync();

    [Fact]
    public async Task A_halt_is_notified_once_and_so_is_its_end()
    {
        await using var service = await StartAsync();
        await FaultAsync(
            service,
            new JsonObject
            {
                ["code"] = 190,
                ["subcode"] = 463,
                ["times"] = 2,
            }
        );
        await SellAsync(service, "order-1");

        var fired = (await NotificationsAsync(1))[0];
        fired.GetProperty("alert").GetString().Should().Be("halted");
        fired.GetProperty("state").GetString().Should().Be("firing");
        fired.GetProperty("connection").GetString().Should().Be("seg");
        fired.GetProperty("reason").GetString().Should().Be("token_invalid");
        fired.GetProperty("text").GetString().Should().Contain("Waiting events: 1;").And.NotContain("order-1");
        fired.GetProperty("remedy").GetString().Should().Contain("AccessToken");
        fired.GetProperty("at").GetDateTimeOffset().Should().BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(2));

        var resolved = (await NotificationsAsync(2))[1];
        resolved.GetProperty("alert").GetString().Should().Be("halted");
        resolved.GetProperty("state").GetString().Should().Be("resolved");
        resolved.GetProperty("connection").GetString().Should().Be("seg");
        _webhook.Taken.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_growing_failed_list_is_notified()
    {
        await using var service = await StartAsync();
        await Task.Delay(TimeSpan.FromSeconds(1)); // the failed list is compared with what it was at the start
        await FaultAsync(service, new JsonObject { ["code"] = 100, ["subcode"] = 2804050 });
        await SellAsync(service, "order-1");

        (await NotificationsAsync(1))[0].GetProperty("alert").GetString().Should().Be("failed_growing");
    }

    [Fact]
    public async Task A_token_that_ends_soon_is_notified_until_it_is_replaced()
    {
        await using var service = await StartAsync();
        await DescribeTokenAsync(service, DateTimeOffset.UtcNow.AddDays(3));
        await service.Http.GetStringAsync("/api/connections/seg/token");

        var fired = (await NotificationsAsync(1))[0];
        fired.GetProperty("alert").GetString().Should().Be("token_ending");
        fired.GetProperty("connection").GetString().Should().Be("seg");
        fired.GetProperty("text").GetString().Should().Contain("ends on ").And.NotContain("t0ken");
        fired.GetProperty("remedy").GetString().Should().Contain("AccessToken");

        await DescribeTokenAsync(service, DateTimeOffset.UtcNow.AddDays(60));
        await service.Http.GetStringAsync("/api/connections/seg/token");
        var resolved = (await NotificationsAsync(2))[1];
        resolved.GetProperty("alert").GetString().Should().Be("token_ending");
        resolved.GetProperty("state").GetString().Should().Be("resolved");
    }

    [Fact]
    public async Task A_recovery_is_notified_until_it_is_acknowledged()
    {
        await using var service = await StartAsync(onDisk: false);
        service.Outbox.Recoveries = [new RecoveryNotice(DateTimeOffset.UtcNow, "damaged_file", 1, 0, 0, null)];

        var fired = (await NotificationsAsync(1))[0];
        fired.GetProperty("alert").GetString().Should().Be("recovered");
        fired.GetProperty("connection").ValueKind.Should().Be(JsonValueKind.Null);
        fired.GetProperty("reason").GetString().Should().Be("damaged_file");

        using var acknowledged = await service.Http.PostAsync("/api/recovery/acknowledge", null);
        (await NotificationsAsync(2))[1].GetProperty("state").GetString().Should().Be("resolved");
    }

    [Fact]
    public async Task A_notification_is_repeated_until_it_is_taken_and_signed_with_the_secret()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("secret"), "the-signing-key\n");
        _webhook.FailWith(500, 429);
        await using var service = await StartAsync(
            webhook: $$""", "SecretFile": "{{folder.File("secret")}}" """,
            onDisk: false
        );
        service.Outbox.Recoveries = [new RecoveryNotice(DateTimeOffset.UtcNow, "damaged_file", 1, 0, 0, null)];

        await NotificationsAsync(1);

        _webhook.Calls.Select(call => call.Status).Should().Equal(500, 429, 200);
        foreach (var call in _webhook.Calls)
        {
            var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes("the-signing-key"), call.Body);
            call.Signature.Should().Be($"sha256={Convert.ToHexStringLower(expected)}");
            call.ContentType.Should().Be("application/json");
        }
    }

    [Theory]
    [InlineData("Slack", """{"text":"[recovered] The outbox was damaged""")]
    [InlineData(
        "Teams",
        """{"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive" """
    )]
    public async Task Slack_and_Teams_get_their_own_form(string format, string begin)
    {
        await using var service = await StartAsync(webhook: $$""", "Format": "{{format}}" """, onDisk: false);
        service.Outbox.Recoveries = [new RecoveryNotice(DateTimeOffset.UtcNow, "damaged_file", 1, 0, 0, null)];

        await NotificationsAsync(1);

        Encoding.UTF8.GetString(_webhook.Calls.Single().Body).Should().StartWith(begin.TrimEnd());
    }

    [Fact]
    public async Task After_a_restart_a_connection_has_an_hour_before_it_is_called_silent()
    {
        await using var service = await ServiceUnderTest.StartAsync(onDisk: true);
        await SellAsync(service, "order-1");
        var conditions = service.Services.GetRequiredService<AlertConditions>();
        var memory = AlertMemory.Empty with
        {
            Failures = new Dictionary<string, LastChange>(),
            Arrivals = new Dictionary<string, LastChange>
            {
                ["seg"] = new(1, DateTimeOffset.UtcNow.AddDays(-2), HasGrown: true),
            },
        };

        conditions.Restore(memory);
        (await conditions.FindAsync(default)).Alerts.Should().BeEmpty();

        conditions.Restore(memory with { Notified = [new NotifiedAlert(AlertName.Silent, "seg", Reason: null)] });
        (await conditions.FindAsync(default)).Alerts.Should().ContainSingle(alert => alert.Name == AlertName.Silent);
    }

    [Fact]
    public async Task A_store_that_takes_nothing_keeps_no_notification_back()
    {
        await using var service = await StartAsync(onDisk: false);
        var full = new TaskCompletionSource();
        service.Outbox.Writable = full.Task;
        service.Outbox.Recoveries = [new RecoveryNotice(DateTimeOffset.UtcNow, "damaged_file", 1, 0, 0, null)];

        (await NotificationsAsync(1))[0].GetProperty("state").GetString().Should().Be("firing");
        service.Outbox.Recoveries = [];
        (await NotificationsAsync(2))[1].GetProperty("state").GetString().Should().Be("resolved");
        full.SetResult();
    }

    private async Task<ServiceUnderTest> StartAsync(string webhook = "", bool onDisk = true)
    {
        var service = await ServiceUnderTest.StartAsync(
            $$"""
            "Sandbox": { "Enabled": true }, "Admin": { "ApiKey": "the-operators-key" },
            "Delivery": { "FlushInterval": "00:00:00.05", "ProbeBaseDelay": "00:00:08", "ProbeMaxDelay": "00:00:08" },
            "Alerts": { "Webhooks": [{ "Url": "{{_webhook.Address}}hook"{{webhook}} }] },
            {{ServiceUnderTest.FourSources}}
            """,
            onDisk: onDisk
        );
        service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "the-operators-key");
        return service;
    }

    private async Task<IReadOnlyList<JsonElement>> NotificationsAsync(int count)
    {
        await Wait.UntilAsync(() => Task.FromResult(_webhook.Taken.Count >= count));
        return _webhook.Taken;
    }

    private static async Task DescribeTokenAsync(ServiceUnderTest service, DateTimeOffset end)
    {
        var token = new JsonObject { ["token"] = "t0ken", ["expiresAt"] = end };
        using var body = new StringContent(token.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await service.Http.PostAsync("/sandbox/tokens", body);
        response.EnsureSuccessStatusCode();
    }

    private static async Task SellAsync(ServiceUnderTest service, string order)
    {
        var sale = ServiceUnderTest.Sample(SourceName.Segment, "/v1/track").Replace("order-1000", order);
        using var response = await service.PostAsync("/v1/track", sale, "seg-key-1");
        response.EnsureSuccessStatusCode();
    }

    private static async Task FaultAsync(ServiceUnderTest service, JsonObject fault)
    {
        using var body = new StringContent(fault.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await service.Http.PostAsync("/sandbox/faults", body);
        response.EnsureSuccessStatusCode();
    }
}
