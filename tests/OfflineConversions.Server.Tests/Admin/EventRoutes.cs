using System.Net;
using System.Text.Json;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>Posts sales, and asks what became of them.</summary>
public abstract class EventRoutes : OperatorRoutes
{
    private protected async Task TrackAsync(
        string id,
        string eventName = "Order Completed",
        string properties = """{"revenue":1,"currency":"EUR"}""",
        string email = "somebody@example.com",
        string extra = ""
    )
    {
        using var answer = await Service.PostAsync(
            "/segment/v1/track",
            $$$"""
            {"messageId":{{{JsonSerializer.Serialize(id)}}},{{{extra}}}"event":"{{{eventName}}}",
             "context":{"traits":{"email":"{{{email}}}"}},"properties":{{{properties}}}}
            """,
            "seg-key-1"
        );
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    private protected Task<JsonElement> EventAsync(string id) =>
        Service.GetJsonAsync($"/api/events?eventId={Uri.EscapeDataString(id)}");

    private protected async Task OccurrenceShouldBe(string id, string outcome, string reason)
    {
        var latest = (await EventAsync(id)).GetProperty("occurrences")[0];
        latest.GetProperty("outcome").GetString().Should().Be(outcome);
        latest.GetProperty("reason").GetString().Should().Be(reason);
        latest.GetProperty("meaning").GetString().Should().NotBeNullOrEmpty();
        latest.GetProperty("remedy").GetString().Should().NotBeNullOrEmpty();
        latest.GetProperty("deliveries").GetArrayLength().Should().Be(0);
    }

    /// <summary>The only delivery of an event, as soon as it is in a state.</summary>
    private protected async Task<JsonElement> DeliveryAsync(string id, string state)
    {
        var delivery = default(JsonElement);
        await Wait.UntilAsync(async () =>
        {
            var occurrences = (await EventAsync(id)).GetProperty("occurrences");
            delivery = occurrences[occurrences.GetArrayLength() - 1].GetProperty("deliveries")[0];
            return delivery.GetProperty("state").GetString() == state;
        });
        return delivery;
    }
}
