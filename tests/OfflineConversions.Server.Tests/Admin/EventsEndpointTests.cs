using System.Net;
using System.Text.Json;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>Where is my sale? One call says why an event did not reach Meta.</summary>
public sealed class EventsEndpointTests : EventRoutes
{
    [Fact]
    public async Task An_event_that_never_arrived_is_not_known_since_a_time()
    {
        using var answer = await Service.Http.GetAsync("/api/events/never");

        answer.StatusCode.Should().Be(HttpStatusCode.NotFound);
        var body = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        body.GetProperty("meaning").GetString().Should().StartWith("No such event has arrived");
        body.GetProperty("remedy").GetString().Should().Contain("write key");
        body.GetProperty("knownSince")
            .GetDateTimeOffset()
            .Should()
            .BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_delivered_event_says_when()
    {
        await TrackAsync("sale");

        var delivery = await DeliveryAsync("sale", "delivered");

        delivery.GetProperty("meaning").GetString().Should().Be("Meta accepted it.");
        delivery.GetProperty("deliveredAt").GetDateTimeOffset().Should().BeAfter(DateTimeOffset.UtcNow.AddMinutes(-1));
        delivery.GetProperty("attempts").GetInt32().Should().Be(1);
        delivery.GetProperty("eventName").GetString().Should().Be("Purchase");
        delivery.GetProperty("meta").GetProperty("fbtraceId").GetString().Should().Be("T1");
        delivery.GetProperty("meta").GetProperty("code").ValueKind.Should().Be(JsonValueKind.Null);
        var occurrence = (await EventAsync("sale")).GetProperty("occurrences")[0];
        occurrence.GetProperty("connection").GetString().Should().Be("seg");
        occurrence.GetProperty("source").GetString().Should().Be("segment");
        occurrence.GetProperty("outcome").GetString().Should().Be("accepted");
    }

    [Fact]
    public async Task Ignored_rejected_and_repeated_events_name_the_reason_and_the_remedy()
    {
        await TrackAsync("ignored", eventName: "Coffee Brewed");
        await TrackAsync("rejected", properties: """{"revenue":"many","currency":"EUR"}""");
        await TrackAsync("twice");
        await TrackAsync("twice");

        await OccurrenceShouldBe("ignored", "ignored", "event_not_mapped");
        await OccurrenceShouldBe("rejected", "rejected", "invalid_value");
        await OccurrenceShouldBe("twice", "ignored", "duplicate");
        (await EventAsync("twice")).GetProperty("occurrences").GetArrayLength().Should().Be(2);
    }

    [Fact]
    public async Task An_event_of_a_halted_dataset_names_the_reason_of_the_halt()
    {
        Graph.Otherwise = _ => Scripted.Error(190, status: 401);
        await TrackAsync("sale");

        await Wait.UntilAsync(async () =>
            (await EventAsync("sale")).GetProperty("occurrences")[0].GetProperty("deliveries")[0] is var delivery
            && delivery.GetProperty("state").GetString() == "pending"
            && delivery.GetProperty("reason").GetString() == "token_invalid"
            && delivery.GetProperty("remedy").GetString() is { Length: > 0 }
            && delivery.GetProperty("nextAttemptAt").ValueKind == JsonValueKind.String
            && delivery.GetProperty("meta").ValueKind == JsonValueKind.Object
            && delivery.GetProperty("meta").GetProperty("code").GetInt32() == 190
            && delivery.GetProperty("meta").GetProperty("fbtraceId").GetString() == "T2"
        );
    }

    [Fact]
    public async Task An_event_of_a_paused_connection_says_so()
    {
        await PostAsync("/api/connections/seg/pause");
        await TrackAsync("sale");

        var delivery = await DeliveryAsync("sale", "pending");

        delivery.GetProperty("reason").GetString().Should().Be("paused_by_operator");
        delivery.GetProperty("nextAttemptAt").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Fact]
    public async Task An_event_that_waits_for_another_attempt_says_when_and_what_Meta_said()
    {
        Graph.Otherwise = _ => Scripted.Error(2, transient: true);
        await TrackAsync("sale");

        await Wait.UntilAsync(async () =>
            (await DeliveryAsync("sale", "pending")).GetProperty("attempts").GetInt32() > 0
        );
        var delivery = await DeliveryAsync("sale", "pending");
        delivery.GetProperty("nextAttemptAt").ValueKind.Should().Be(JsonValueKind.String);
        delivery.GetProperty("meta").GetProperty("code").GetInt32().Should().Be(2);
        delivery.GetProperty("meta").GetProperty("fbtraceId").GetString().Should().Be("T2");
    }

    [Fact]
    public async Task While_Meta_is_down_an_event_says_so()
    {
        Graph.Otherwise = _ => Scripted.Down();
        await TrackAsync("sale");

        await Wait.UntilAsync(async () =>
            await DeliveryAsync("sale", "pending") is var delivery
            && delivery.GetProperty("reason").GetString() == "meta_unreachable"
            && delivery
                .GetProperty("meaning")
                .GetString()!
                .StartsWith("Meta does not respond", StringComparison.Ordinal)
            && delivery.GetProperty("remedy").GetString() is { Length: > 0 }
            && delivery.GetProperty("nextAttemptAt").ValueKind == JsonValueKind.String
        );
    }

    [Fact]
    public async Task An_event_that_an_operator_gave_up_while_it_waited_says_so()
    {
        await PostAsync("/api/connections/seg/pause");
        await TrackAsync("sale");
        var dataset = (await DeliveryAsync("sale", "pending")).GetProperty("datasetId").GetString();
        await PostAsync("/api/pending/discard", $$"""{"connection":"seg","datasetId":"{{dataset}}"}""");

        var delivery = await DeliveryAsync("sale", "discarded");

        delivery.GetProperty("meaning").GetString().Should().StartWith("An operator gave it up while it waited");
        delivery.GetProperty("remedy").GetString().Should().Contain("send it again");
    }

    [Fact]
    public async Task A_failed_event_shows_what_Meta_said_also_after_it_was_discarded()
    {
        Graph.Otherwise = _ => Scripted.Error(100, 2804009);
        await TrackAsync("sale");

        await FailedShouldBe("failed");
        await PostAsync("/api/failed/discard", """{"all":true}""");
        await FailedShouldBe("discarded");

        async Task FailedShouldBe(string state)
        {
            var delivery = await DeliveryAsync("sale", state);
            delivery.GetProperty("reason").GetString().Should().Be("refused_by_meta");
            delivery.GetProperty("meaning").GetString().Should().NotBeNullOrEmpty();
            delivery.GetProperty("remedy").GetString().Should().NotBeNullOrEmpty();
            var meta = delivery.GetProperty("meta");
            meta.GetProperty("code").GetInt32().Should().Be(100);
            meta.GetProperty("subcode").GetInt32().Should().Be(2804009);
            meta.GetProperty("title").GetString().Should().Be("Purchase without value");
            meta.GetProperty("fbtraceId").GetString().Should().StartWith("T");
        }
    }

    [Fact]
    public async Task A_replayed_event_is_delivered()
    {
        Graph.Then(Scripted.Error(100, 2804009));
        await TrackAsync("sale");
        await DeliveryAsync("sale", "failed");

        Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        await PostAsync("/api/failed/replay", """{"all":true}""");

        await DeliveryAsync("sale", "delivered");
    }

    [Fact]
    public async Task An_erased_event_says_so_and_shows_nothing_else()
    {
        await PostAsync("/api/connections/seg/pause");
        await TrackAsync(
            "sale",
            email: "jane@example.com",
            properties: """{"revenue":1,"currency":"EUR","products":[{"quantity":1}]}"""
        );
        await PostAsync("/api/erasure", """{"email":"jane@example.com"}""");

        await DeliveryAsync("sale", "erased");

        await TrackAsync("again", email: "jane@example.com");
        await OccurrenceShouldBe("again", "ignored", "erased");
        (await Service.GetJsonAsync("/api/outcomes")).GetRawText().Should().NotContain("sale").And.NotContain("again");
    }

    [Fact]
    public async Task The_events_of_an_order_are_found_by_its_number()
    {
        await TrackAsync("a", properties: """{"revenue":1,"currency":"EUR","order_id":"1/2 ü"}""");
        await TrackAsync("b", properties: """{"revenue":"many","currency":"EUR","order_id":"1/2 ü"}""");

        var items = (await Service.GetJsonAsync("/api/events?orderId=1%2F2%20%C3%BC")).GetProperty("items");

        items
            .EnumerateArray()
            .Select(item => item.GetProperty("eventId").GetString())
            .Should()
            .Equal(["b", null], "only a digest is kept of an accepted event's id");
        items[0].GetProperty("occurrences")[0].GetProperty("reason").GetString().Should().Be("invalid_value");
        using var other = await Service.Http.GetAsync("/api/events?orderId=3");
        other.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("with/slashes//and?more", "/api/events?eventId=with%2Fslashes%2F%2Fand%3Fmore")]
    [InlineData("with/slashes", "/api/events/with/slashes")]
    [InlineData("with/slashes", "/api/events/with%2Fslashes")]
    [InlineData("with/slashes and %2F", "/api/events/with%2Fslashes%20and%20%252F")]
    [InlineData("100% %20", "/api/events/100%25%20%2520")]
    [InlineData("a?b#c;d=e&f", "/api/events/a%3Fb%23c%3Bd%3De%26f")]
    [InlineData("ünïcode ☕🛒", "/api/events/%C3%BCn%C3%AFcode%20%E2%98%95%F0%9F%9B%92")]
    [InlineData("ünïcode +", "/api/events/%C3%BCn%C3%AFcode%20+")]
    public async Task Any_id_can_be_asked_for(string id, string path)
    {
        await TrackAsync(id);

        (await Service.GetJsonAsync(path)).GetProperty("eventId").GetString().Should().Be(id);
    }

    [Fact]
    public async Task An_id_that_is_too_long_for_Meta_is_found_by_itself()
    {
        var id = new string('x', 300);
        await TrackAsync(id);

        (await EventAsync(id)).GetProperty("occurrences").GetArrayLength().Should().Be(1);
    }

    [Theory]
    [InlineData("/api/events")]
    [InlineData("/api/events?eventId=a&orderId=b")]
    [InlineData("/api/outcomes?outcome=lost")]
    [InlineData("/api/outcomes?from=yesterday")]
    [InlineData("/api/outcomes?limit=many")]
    [InlineData("/api/funnel?bucket=year")]
    [InlineData("/api/tail?outcome=lost")]
    public async Task A_question_that_makes_no_sense_is_refused(string path)
    {
        using var answer = await Service.Http.GetAsync(path);

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }
}
