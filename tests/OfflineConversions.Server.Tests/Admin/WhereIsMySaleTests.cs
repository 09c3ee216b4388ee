using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tests.Ingestion;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>
/// One call, with the id of an event or the number of its order, says why it did not reach Meta, whatever the reason.
/// </summary>
public sealed class WhereIsMySaleTests : OperatorRoutes
{
    private static readonly string[] RefusedEvents = ["sale-failed", "sale-discarded", "sale-expired"];

    private static readonly Answer[] Answers =
    [
        new("ignored", "ignored", "event_not_mapped"),
        new("rejected", "rejected", "invalid_value"),
        new("duplicate", "ignored", "duplicate"),
        new("waiting", "accepted", null, "pending", null),
        new("halted", "accepted", null, "pending", "token_invalid"),
        new("failed", "accepted", null, "failed", "refused_by_meta"),
        new("discarded", "accepted", null, "discarded", "refused_by_meta"),
        new("expired", "accepted", null, "expired", "refused_by_meta"),
        new("erased", "accepted", null, "erased", null),
        new("delivered", "accepted", null, "delivered", null),
    ];

    private protected override string Connections =>
        $$"""
            {{ServiceUnderTest.FourSources.TrimEnd().TrimEnd('}')}},
            "halted": { "Source": "Segment", "WriteKeys": ["halted-key"], "AccessToken": "t0ken",
              "Segment": { "Events": [{ "Event": "Order Completed", "EventSetId": "31" }] } },
            "waiting": { "Source": "Segment", "WriteKeys": ["waiting-key"], "AccessToken": "t0ken",
              "Segment": { "Events": [{ "Event": "Order Completed", "EventSetId": "32" }] } }
            }
            """;

    [Fact]
    public async Task One_call_says_why_a_sale_did_not_reach_Meta()
    {
        Graph.Otherwise = Respond;
        await SellAsync("delivered");
        await SellAsync("ignored", name: "Coffee Brewed");
        await SellAsync("rejected", revenue: "\"many\"");
        await SellAsync("duplicate");
        await SellAsync("duplicate");
        await SellAsync("halted", key: "halted-key");
        await SellAsync("waiting", key: "waiting-key");
        await SellAsync("erased", key: "waiting-key", email: "erased@example.com");
        await UntilAsync("erased", "pending");
        await PostAsync("/api/erasure", """{"email":"erased@example.com"}""");
        await SellAsync("discarded");
        await UntilAsync("discarded", "failed");
        await PostAsync("/api/failed/discard", """{"all":true}""");
        await SellAsync("expired");
        await UntilAsync("expired", "failed");
        var list = Service.Services.GetRequiredService<IFailedList>();
        await list.ResolveFailedAsync(new FailedSelection("seg"), Resolution.Expire, default);
        await SellAsync("failed");

        foreach (var answer in Answers)
        {
            await ShouldBeAsync(answer, $"/api/events/sale-{answer.Sale}", body => body);
            await ShouldBeAsync(answer, $"/api/events?orderId=order-{answer.Sale}", body =>
                body.GetProperty("items")[0]
            );
        }

        foreach (var path in (string[])["/api/events/sale-never", "/api/events?orderId=order-never"])
        {
            using var never = await Service.Http.GetAsync(path);
            never.StatusCode.Should().Be(HttpStatusCode.NotFound);
            var body = JsonElement.Parse(await never.Content.ReadAsStringAsync());
            body.GetProperty("knownSince").GetDateTimeOffset().Should().BeBefore(DateTimeOffset.UtcNow);
            body.GetProperty("meaning").GetString().Should().StartWith("No such event has arrived");
        }
    }

    private static Scripted Respond(Received request) =>
        request.Path.Contains("/31/", StringComparison.Ordinal) ? Scripted.Error(190, 463, status: 401)
        : request.Path.Contains("/32/", StringComparison.Ordinal) ? Scripted.Error(1)
        : request.Events.Any(one => RefusedEvents.Any(id => one.Contains($"\"{id}\"", StringComparison.Ordinal)))
            ? Scripted.Error(100, 2804009)
        : Scripted.Taken(request.Events.Count);

    private async Task ShouldBeAsync(Answer answer, string path, Func<JsonElement, JsonElement> report)
    {
        var found = "";
        await Wait.UntilAsync(async () =>
        {
            var latest = report(await Service.GetJsonAsync(path)).GetProperty("occurrences")[0];
            latest.GetProperty("meaning").GetString().Should().NotBeNullOrEmpty();
            found = Describe(answer.Sale, latest);
            return found == answer.ToString() || !found.Contains("pending", StringComparison.Ordinal);
        });
        found.Should().Be(answer.ToString(), path);
    }

    private static string Describe(string sale, JsonElement occurrence)
    {
        var (outcome, reason) = (Text(occurrence, "outcome"), Text(occurrence, "reason"));
        var deliveries = occurrence.GetProperty("deliveries");
        if (deliveries.GetArrayLength() == 0)
        {
            Text(occurrence, "remedy").Should().NotBeNullOrEmpty();
            return new Answer(sale, outcome!, reason).ToString();
        }

        var delivery = deliveries.EnumerateArray().Single();
        Text(delivery, "meaning").Should().NotBeNullOrEmpty();
        return new Answer(sale, outcome!, reason, Text(delivery, "state"), Text(delivery, "reason")).ToString();
    }

    private Task UntilAsync(string sale, string state) =>
        Wait.UntilAsync(async () =>
            (await Service.GetJsonAsync($"/api/events/sale-{sale}")).GetProperty("occurrences")[0] is var latest
            && Text(latest.GetProperty("deliveries")[0], "state") == state
        );

    private async Task SellAsync(
        string sale,
        string name = "Order Completed",
        string revenue = "1",
        string key = "seg-key-1",
        string email = "somebody@example.com"
    )
    {
        using var answer = await Service.PostAsync(
            "/segment/v1/track",
            $$$"""
            {"messageId":"sale-{{{sale}}}","event":"{{{name}}}","context":{"traits":{"email":"{{{email}}}"}},
             "properties":{"revenue":{{{revenue}}},"currency":"EUR","order_id":"order-{{{sale}}}"}}
            """,
            key
        );
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    private static string? Text(JsonElement json, string member) => json.GetProperty(member).GetString();

    /// <summary>What the call says of a sale.</summary>
    private sealed record Answer(
        string Sale,
        string Outcome,
        string? Reason,
        string? State = null,
        string? DeliveryReason = null
    );
}
