using System.Net;
using System.Text.Json.Nodes;

namespace OfflineConversions.Sandbox.Tests.Faults;

public sealed class FaultListTests : IAsyncLifetime
{
    private RunningSandbox _sandbox = null!;

    public async Task InitializeAsync() => _sandbox = await RunningSandbox.Start();

    public async Task DisposeAsync() => await _sandbox.DisposeAsync();

    [Fact]
    public async Task A_fault_is_played_the_given_number_of_times()
    {
        await Add(
            """
            {"times":2,"status":400,"code":613,"subcode":1487742,"isTransient":true,"title":"Slow down",
             "message":"Calls","headers":{"X-App-Usage":"{\"call_count\":100}"}}
            """
        );

        for (var i = 0; i < 2; i++)
        {
            var response = await _sandbox.Post(Some.Purchase());
            response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
            response.Headers.GetValues("X-App-Usage").Should().Equal("""{"call_count":100}""");
            var error = (await response.Json())["error"]!;
            error.AsObject().Remove("fbtrace_id");
            error
                .ToJsonString()
                .Should()
                .Be(
                    """{"message":"Calls","type":"OAuthException","code":613,"error_subcode":1487742,"""
                        + """
                        "is_transient":true,"error_user_title":"Slow down"}
                        """
                );
        }

        (await _sandbox.Post(Some.Purchase())).StatusCode.Should().Be(HttpStatusCode.OK);
        (await _sandbox.Faults())["count"]!.GetValue<int>().Should().Be(0);
        (await _sandbox.Events())["count"]!.GetValue<int>().Should().Be(1);
        (await _sandbox.Requests())["requests"]!
            .AsArray()
            .Select(r => r!["fault"]?.GetValue<int>())
            .Should()
            .Equal(1, 1, null);
    }

    [Fact]
    public async Task A_fault_without_times_stays_until_faults_are_deleted()
    {
        await Add("""{"status":503}""");
        for (var i = 0; i < 3; i++)
        {
            (await _sandbox.Post(Some.Purchase())).StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        }

        (await _sandbox.Faults())["faults"]![0]!["timesPlayed"]!.GetValue<int>().Should().Be(3);
        await _sandbox.Http.DeleteAsync(new Uri("sandbox/faults", UriKind.Relative));

        (await _sandbox.Post(Some.Purchase())).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_dead_token_is_refused_and_others_are_accepted()
    {
        await Add("""{"deadToken":"dead"}""");

        var refused = await _sandbox.Post("v26.0/123", new JsonArray(Some.Purchase()), token: "dead");
        var accepted = await _sandbox.Post("v26.0/123", new JsonArray(Some.Purchase()), token: "alive");

        refused.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        var failure = await refused.Json();
        failure["error"]!["code"]!.GetValue<int>().Should().Be(190);
        failure.Subcode().Should().Be(463);
        accepted.StatusCode.Should().Be(HttpStatusCode.OK);
        (await _sandbox.Faults()).ToJsonString().Should().NotContain("\"dead\"");
        (await _sandbox.Faults())["faults"]![0]!["tokenFingerprint"]!.Should().NotBeNull();
    }

    [Theory]
    [InlineData("""{"status":500,"dataset":"999"}""")]
    [InlineData("""{"status":500,"token":"another"}""")]
    [InlineData("""{"status":500,"eventName":"Lead"}""")]
    [InlineData("""{"status":500,"eventId":"order-2"}""")]
    [InlineData("""{"status":500,"eventName":"Purchase","eventId":"order-2"}""")]
    public async Task A_fault_affects_only_the_calls_it_matches(string fault)
    {
        await Add(fault);

        (await _sandbox.Post(Some.Purchase())).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("""{"status":500,"dataset":"123"}""")]
    [InlineData("""{"status":500,"token":"token"}""")]
    [InlineData("""{"status":500,"eventName":"Lead"}""")]
    [InlineData("""{"status":500,"eventId":"order-2"}""")]
    [InlineData("""{"status":500,"dataset":"123","token":"token","eventName":"Lead","eventId":"order-2"}""")]
    public async Task A_fault_affects_a_batch_if_one_of_its_events_matches(string fault)
    {
        await Add(fault);

        var response = await _sandbox.Post(
            Some.Purchase(),
            Some.Purchase("event_name=\"Lead\" ; event_id=\"order-2\"")
        );

        response.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
    }

    [Fact]
    public async Task The_first_fault_that_matches_is_played()
    {
        await Add("""{"status":500,"dataset":"999"}""");
        await Add("""{"times":1,"status":502}""");
        await Add("""{"status":503}""");

        (await _sandbox.Post(Some.Purchase())).StatusCode.Should().Be(HttpStatusCode.BadGateway);
        (await _sandbox.Post(Some.Purchase())).StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
    }

    [Theory]
    [InlineData("""{"statsu":500}""", "statsu")]
    [InlineData("""{"status":"bad"}""", "status")]
    [InlineData("""{"status":99}""", "status")]
    [InlineData("""{"status":200}""", "status")]
    [InlineData("""{"times":0,"status":500}""", "times")]
    [InlineData("""{"times":1}""", "status")]
    [InlineData("""{}""", "status")]
    [InlineData("""{"drop":"sometimes"}""", "drop")]
    [InlineData("""{"drop":"after","status":500}""", "drop")]
    [InlineData("""{"latency":"soon"}""", "latency")]
    [InlineData("""{"latency":"-00:00:01"}""", "latency")]
    [InlineData("""{"eventsReceived":-1}""", "eventsReceived")]
    [InlineData("""{"eventsReceived":1,"code":2}""", "eventsReceived")]
    [InlineData("""{"subcode":463}""", "code")]
    [InlineData("""{"body":"x","code":2}""", "body")]
    [InlineData("""{"deadToken":""}""", "deadToken")]
    [InlineData("""{"deadToken":"a","token":"b"}""", "deadToken")]
    [InlineData("""{"headers":{"X-A":"line\nbreak"}}""", "headers")]
    [InlineData("""[]""", "body")]
    [InlineData("""null""", "body")]
    [InlineData("""{""", "body")]
    [InlineData("", "body")]
    public async Task A_fault_that_makes_no_sense_is_refused_by_name(string fault, string member)
    {
        var response = await _sandbox.AddFault(fault);

        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        (await response.Json())["errors"]!.AsObject().Select(e => e.Key).Should().Equal(member);
        (await _sandbox.Faults())["count"]!.GetValue<int>().Should().Be(0);
    }

    [Fact]
    public async Task The_OpenAPI_document_has_examples_of_faults_that_work()
    {
        var post = (await _sandbox.OpenApi())["paths"]!["/sandbox/faults"]!["post"]!;
        var examples = post["requestBody"]!["content"]!["application/json"]!["examples"]!.AsObject();

        examples.Should().NotBeEmpty();
        foreach (var (name, example) in examples)
        {
            example!["summary"]!.GetValue<string>().Should().NotBeEmpty();
            (await _sandbox.AddFault(example["value"]!.ToJsonString()))
                .StatusCode.Should()
                .Be(HttpStatusCode.Created, "the example {0} must work", name);
        }
    }

    private Func<Task> Posting() => () => _sandbox.Post(Some.Purchase());

    private async Task Add(string fault) =>
        (await _sandbox.AddFault(fault)).StatusCode.Should().Be(HttpStatusCode.Created);
}
