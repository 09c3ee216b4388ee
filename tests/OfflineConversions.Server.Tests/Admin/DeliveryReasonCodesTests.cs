using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Reasons;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>
/// Each code that a delivery can have is found in the metrics, on the event's page with its meaning and remedy, and
/// where the operator looks first: in the failed list or in the state of the connection.
/// </summary>
public sealed class DeliveryReasonCodesTests : EventRoutes
{
    private static readonly string[] Failed = [DeliveryReason.RefusedByMeta, DeliveryReason.TooLarge];

    private static readonly Dictionary<string, Scripted> Answers = new(StringComparer.Ordinal)
    {
        [DeliveryReason.RefusedByMeta] = Scripted.Error(100, 2804009),
        [DeliveryReason.TooLarge] = Scripted.Error(-3, status: 413),
        [DeliveryReason.Throttled] = Scripted.Error(4).With("Retry-After", "60"),
        [DeliveryReason.Unreachable] = Scripted.Down(),
        [DeliveryReason.TokenInvalid] = Scripted.Error(190, 463, status: 401),
        [DeliveryReason.BadSignature] = Scripted.Error(104),
        [DeliveryReason.PermissionDenied] = Scripted.Error(200, status: 403),
        [DeliveryReason.UnknownDataset] = Scripted.Error(100, 33),
        [DeliveryReason.UnknownPath] = Scripted.Error(2500),
        [DeliveryReason.UnsupportedVersion] = Scripted.Error(2635),
        [DeliveryReason.BlockedForPolicy] = Scripted.Error(368),
    };

    public static TheoryData<string> Failures => [.. Failed];

    public static TheoryData<string> Stops => [.. Answers.Keys.Except(Failed)];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failure_is_found_everywhere(string code)
    {
        Graph.Otherwise = _ => Answers[code];
        await TrackAsync("sale");

        await FailedShouldBe(code);
    }

    [Fact]
    public async Task An_event_whose_window_closed_is_found_everywhere()
    {
        await PostAsync("/api/connections/seg/pause");
        var closes = DateTimeOffset.UtcNow.AddSeconds(10);
        var sold = closes.AddDays(-62);
        await TrackAsync("sale", extra: $"\"timestamp\":\"{sold.ToString("O", CultureInfo.InvariantCulture)}\",");
        await DeliveryAsync("sale", "pending");
        await Wait.UntilAsync(() => DateTimeOffset.UtcNow > closes);
        await PostAsync("/api/connections/seg/resume");

        await FailedShouldBe(DeliveryReason.WindowExpired);
    }

    [Fact]
    public async Task An_event_that_was_damaged_on_the_disk_is_found_everywhere()
    {
        await PostAsync("/api/connections/seg/pause");
        await TrackAsync("sale");
        await using (var outbox = new SqliteConnection($"Data Source={Service.OutboxFile};Pooling=False"))
        {
            await outbox.OpenAsync();
            await using var damage = outbox.CreateCommand();
            damage.CommandText = "UPDATE chunks SET payload = CAST(replace(payload, 'sale', 'solo') AS BLOB)";
            (await damage.ExecuteNonQueryAsync()).Should().Be(1);
        }

        await PostAsync("/api/connections/seg/resume");

        await FailedShouldBe(DeliveryReason.Unreadable);
    }

    [Theory]
    [MemberData(nameof(Stops))]
    public async Task What_stops_a_connection_is_found_everywhere(string code)
    {
        Graph.Otherwise = _ => Answers[code];
        await TrackAsync("sale");

        await StopShouldBe(code);
    }

    [Fact]
    public async Task A_dataset_where_too_much_is_refused_is_found_everywhere()
    {
        Graph.Otherwise = _ => Scripted.Error(100, 2804009);
        var sale = new JsonObject
        {
            ["type"] = "track",
            ["event"] = "Order Completed",
            ["context"] = new JsonObject { ["traits"] = new JsonObject { ["email"] = "somebody@example.com" } },
            ["properties"] = new JsonObject { ["revenue"] = 1, ["currency"] = "EUR" },
        };
        var sales = new JsonArray();
        for (var number = 0; number < 100; number++)
        {
            var one = sale.DeepClone();
            one["messageId"] = number == 0 ? "sale" : string.Create(CultureInfo.InvariantCulture, $"sale-{number}");
            sales.Add(one);
        }

        var body = new JsonObject { ["batch"] = sales }.ToJsonString();
        using var answer = await Service.PostAsync("/segment/v1/batch", body, "seg-key-1");
        answer.StatusCode.Should().Be(HttpStatusCode.OK);

        await StopShouldBe(DeliveryReason.TooManyRefused);
    }

    [Fact]
    public async Task Slowing_down_before_Metas_limit_is_found_everywhere()
    {
        Graph.Otherwise = request => Scripted.Taken(request.Events.Count).With("X-App-Usage", """{"call_count":99}""");
        await TrackAsync("first");
        await DeliveryAsync("first", "delivered");
        await TrackAsync("sale");

        await StopShouldBe(DeliveryReason.NearingLimit);
    }

    [Fact]
    public async Task A_pause_is_found_everywhere()
    {
        await PostAsync("/api/connections/seg/pause");
        await TrackAsync("sale");

        await StopShouldBe(DeliveryReason.PausedByOperator);
    }

    [Fact]
    public void Every_code_has_a_case() =>
        ReasonCatalogue
            .All.Where(entry => entry.Kind is not (ReasonKind.Rejected or ReasonKind.Ignored or ReasonKind.Warning))
            .Select(entry => entry.Code)
            .Should()
            .BeEquivalentTo([
                .. Answers.Keys,
                DeliveryReason.WindowExpired,
                DeliveryReason.TooManyRefused,
                DeliveryReason.NearingLimit,
                DeliveryReason.PausedByOperator,
                DeliveryReason.Unreadable,
            ]);

    private async Task FailedShouldBe(string code)
    {
        var delivery = await DeliveryAsync("sale", "failed");
        delivery.GetProperty("reason").GetString().Should().Be(code);
        Explained(delivery).Should().BeTrue();
        (await Service.GetJsonAsync($"/api/failed?reason={code}")).GetArrayLength().Should().Be(1);
        (await Service.GetJsonAsync("/api/funnel")).GetRawText().Should().Contain($"\"{code}\":1");
        var labels = $"connection=\"seg\",dataset=\"2\",reason=\"{code}\"";
        await MetricShouldBe($"offlineconversions_delivery_events_failed_total{{{labels}}} 1");
    }

    private async Task StopShouldBe(string code)
    {
        await Wait.UntilAsync(async () =>
            await DeliveryAsync("sale", "pending") is var delivery
            && delivery.GetProperty("reason").GetString() == code
            && Explained(delivery)
        );
        var connection = await ConnectionAsync("seg");
        connection.GetProperty("reason").GetString().Should().Be(code);
        var state = connection.GetProperty("state").GetString();
        await MetricShouldBe($"offlineconversions_connection_{state}{{connection=\"seg\"}} 1");
    }

    private static bool Explained(JsonElement delivery) =>
        delivery.GetProperty("meaning").GetString() is { Length: > 0 }
        && delivery.GetProperty("remedy").GetString() is { Length: > 0 };

    private Task MetricShouldBe(string line) =>
        Wait.UntilAsync(async () => (await MetricsAsync()).Contains(line, StringComparison.Ordinal));
}
