using System.Text.Json;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>The lists over all events: outcomes and the funnel.</summary>
public sealed class OutcomeRoutesTests : EventRoutes
{
    [Fact]
    public async Task Outcomes_name_the_field_and_the_remedy_page_by_page()
    {
        await TrackAsync("a", properties: """{"revenue":"many","currency":"EUR"}""");
        await TrackAsync("b", properties: """{"revenue":1,"currency":"EUR","products":[{"quantity":1}]}""");

        var first = await Service.GetJsonAsync("/api/outcomes?limit=1");
        var second = await Service.GetJsonAsync(
            $"/api/outcomes?limit=1&cursor={first.GetProperty("next").GetString()}"
        );

        var warned = first.GetProperty("items")[0];
        warned.GetProperty("eventId").GetString().Should().Be("b");
        warned.GetProperty("outcome").GetString().Should().Be("accepted");
        warned.GetProperty("warnings").GetRawText().Should().Contain("content_without_id");
        var rejected = second.GetProperty("items")[0];
        rejected.GetProperty("eventId").GetString().Should().Be("a");
        rejected.GetProperty("field").GetString().Should().Be("custom_data.value");
        rejected.GetProperty("remedy").GetString().Should().Be("Send the value as a number.");
        second.GetProperty("next").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Fact]
    public async Task The_funnel_agrees_with_the_ledger()
    {
        Graph.Then(Scripted.Taken(1), Scripted.Error(100, 2804009));
        await TrackAsync("a");
        await DeliveryAsync("a", "delivered");
        Graph.Otherwise = _ => Scripted.Error(100, 2804009);
        await TrackAsync("b");
        await DeliveryAsync("b", "failed");
        await TrackAsync("b2", eventName: "Coffee Brewed");
        await TrackAsync("c", properties: """{"revenue":"many","currency":"EUR"}""");

        foreach (var bucket in new[] { "hour", "day" })
        {
            var items = (await Service.GetJsonAsync($"/api/funnel?bucket={bucket}&connection=seg")).GetProperty(
                "items"
            );
            var sum = items.EnumerateArray().ToArray();
            Sum("received").Should().Be(4);
            Sum("accepted").Should().Be(2);
            Sum("delivered").Should().Be(1);
            items.GetRawText().Should().Contain(""""failed":{"refused_by_meta":1}"""");
            items.GetRawText().Should().Contain(""""ignored":{"event_not_mapped":1}"""");
            items.GetRawText().Should().Contain(""""rejected":{"invalid_value":1}"""");
            items.GetRawText().Should().Contain("\"Coffee Brewed\":1");

            long Sum(string name) => sum.Sum(item => item.GetProperty(name).GetInt64());
        }
    }
}
