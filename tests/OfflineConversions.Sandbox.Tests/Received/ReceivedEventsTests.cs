using System.Net;
using System.Text.Json.Nodes;

namespace OfflineConversions.Sandbox.Tests.Received;

public sealed class ReceivedEventsTests
{
    [Fact]
    public async Task An_event_is_shown_byte_for_byte_with_its_origin()
    {
        await using var sandbox = await RunningSandbox.Start();
        var body = $$"""
            {"access_token":"token","upload_tag":"u","data":[{"event_name":"Lead","event_time":{{Some.Moment}},
            "action_source":"other","user_data":{"em":"{{Some.Hash}}"},"custom_data":{"a":1.50} }]}
            """;

        await sandbox.Post("v25.0/77", body);

        var text = await sandbox.Http.GetStringAsync(new Uri("sandbox/events", UriKind.Relative));
        text.Should().Contain("\"custom_data\":{\"a\":1.50}");
        var seen = JsonNode.Parse(text)!["events"]![0]!;
        seen["dataset"]!.GetValue<string>().Should().Be("77");
        seen["version"]!.GetValue<string>().Should().Be("v25.0");
        seen["api"]!.GetValue<string>().Should().Be("ConversionsApi");
        seen["receivedAt"]!.GetValue<DateTimeOffset>().Should().Be(RunningSandbox.Now);
        seen["requestId"]!.GetValue<long>().Should().Be((await sandbox.LastRequest())["id"]!.GetValue<long>());
    }

    [Fact]
    public async Task Duplicates_are_kept_and_counted()
    {
        await using var sandbox = await RunningSandbox.Start();

        await sandbox.Post(Some.Purchase(), Some.Purchase("event_id=\"order-2\""), Some.Purchase());
        await sandbox.Post("v26.0/other", new JsonArray(Some.Purchase()));
        await sandbox.Post(
            Some.Purchase("event_name=\"Lead\""),
            Some.Purchase(),
            Some.Purchase("event_id=-"),
            Some.Purchase("event_id=-")
        );

        var seen = await sandbox.Events();
        seen["duplicates"]!.GetValue<int>().Should().Be(2);
        seen["events"]!
            .AsArray()
            .Select(e => e!["duplicateOf"]?.GetValue<long>())
            .Should()
            .Equal(null, null, 1, null, null, 1, null, null);
        seen["events"]!.AsArray().Select(e => e!["occurrence"]!.GetValue<int>()).Should().Equal(1, 1, 2, 1, 1, 3, 1, 1);
    }

    [Theory]
    [InlineData("", 4, new[] { 1, 2, 3, 4 })]
    [InlineData("?event_name=Lead", 1, new[] { 2 })]
    [InlineData("?event_id=order-1", 3, new[] { 1, 2, 4 })]
    [InlineData("?dataset=123", 3, new[] { 1, 2, 3 })]
    [InlineData("?dataset=123&event_name=Purchase&event_id=order-1", 1, new[] { 1 })]
    [InlineData("?limit=2", 4, new[] { 3, 4 })]
    [InlineData("?limit=0", 4, new int[0])]
    [InlineData("?limit=99", 4, new[] { 1, 2, 3, 4 })]
    [InlineData("?dataset=none", 0, new int[0])]
    public async Task Events_can_be_filtered_and_the_newest_come_last(string query, int count, int[] numbers)
    {
        await using var sandbox = await RunningSandbox.Start();
        await sandbox.Post(
            Some.Purchase(),
            Some.Purchase("event_name=\"Lead\""),
            Some.Purchase("event_id=\"order-2\"")
        );
        await sandbox.Post("v26.0/other", new JsonArray(Some.Purchase()));

        var seen = await sandbox.Events(query);

        seen["count"]!.GetValue<int>().Should().Be(count);
        seen["events"]!.AsArray().Select(e => e!["number"]!.GetValue<int>()).Should().Equal(numbers);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("many")]
    public async Task A_limit_that_is_not_a_number_is_refused_by_name(string limit)
    {
        await using var sandbox = await RunningSandbox.Start();

        var response = await sandbox.Http.GetAsync(new Uri("sandbox/events?limit=" + limit, UriKind.Relative));

        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await response.Json())["errors"]!.AsObject().Should().ContainKey("limit");
    }

    [Fact]
    public async Task Memory_is_bounded_and_what_is_no_longer_kept_is_counted()
    {
        await using var sandbox = await RunningSandbox.Start(new(Events: 3, Requests: 2));

        for (var i = 0; i < 5; i++)
        {
            await sandbox.Post(Some.Purchase($"event_id=\"{i}\""));
        }

        var events = await sandbox.Events();
        events["received"]!.GetValue<int>().Should().Be(5);
        events["forgotten"]!.GetValue<int>().Should().Be(2);
        events["events"]!.AsArray().Select(e => e!["eventId"]!.GetValue<string>()).Should().Equal("2", "3", "4");
        var requests = await sandbox.Requests();
        requests["received"]!.GetValue<int>().Should().Be(5);
        requests["forgotten"]!.GetValue<int>().Should().Be(3);
        requests["requests"]!.AsArray().Select(e => e!["id"]!.GetValue<int>()).Should().Equal(4, 5);
    }

    [Fact]
    public async Task An_id_is_forgotten_with_its_last_event()
    {
        await using var sandbox = await RunningSandbox.Start(new(Events: 2));

        await sandbox.Post(Some.Purchase(), Some.Purchase(), Some.Purchase("event_id=\"x\""));
        await sandbox.Post(Some.Purchase());
        (await sandbox.Events())["events"]![1]!["occurrence"]!
            .GetValue<int>()
            .Should()
            .Be(3, "the second one was still kept");

        await sandbox.Post(Some.Purchase("event_id=\"y\""), Some.Purchase("event_id=\"z\""));
        await sandbox.Post(Some.Purchase());
        (await sandbox.Events())["events"]![1]!["occurrence"]!.GetValue<int>().Should().Be(1);
    }

    [Fact]
    public async Task Deleting_removes_events_and_requests()
    {
        await using var sandbox = await RunningSandbox.Start();
        await sandbox.Post(Some.Purchase());

        (await sandbox.Http.DeleteAsync(new Uri("sandbox/events", UriKind.Relative)))
            .StatusCode.Should()
            .Be(HttpStatusCode.NoContent);

        (await sandbox.Events())
            .ToJsonString()
            .Should()
            .Be("""{"count":0,"received":0,"duplicates":0,"forgotten":0,"events":[]}""");
        (await sandbox.Requests())
            .ToJsonString()
            .Should()
            .Be("""{"count":0,"received":0,"forgotten":0,"requests":[]}""");
    }
}
