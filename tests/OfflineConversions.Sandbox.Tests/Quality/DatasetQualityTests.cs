using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace OfflineConversions.Sandbox.Tests.Quality;

/// <summary>Meta's scores of a dataset. Source: Meta, "Dataset Quality API".</summary>
public sealed class DatasetQualityTests : IAsyncLifetime
{
    private const string Offline =
        "offline{event_name,composite{score},match_key{score,coverage{email,phone}},frequency{score},freshness{score}}";

    private const string Web =
        "web{event_name,event_match_quality{composite_score,match_key_feedback{identifier,coverage{percentage}}}}";

    private RunningSandbox _sandbox = null!;

    public async Task InitializeAsync() => _sandbox = await RunningSandbox.Start();

    public async Task DisposeAsync() => await _sandbox.DisposeAsync();

    [Fact]
    public async Task Without_events_it_is_an_empty_object() =>
        (await Read("123", Offline)).ToJsonString().Should().Be("{}");

    [Fact]
    public async Task Offline_events_are_scored_by_name()
    {
        await Send(Some.Purchase());

        var scores = await Read("123", Offline);

        scores["web"].Should().BeNull();
        var only = scores["offline"]!.AsArray().Should().ContainSingle().Subject!;
        only["event_name"]!.GetValue<string>().Should().Be("Purchase");
        only["composite"]!["score"]!.GetValue<double>().Should().BeInRange(0, 10);
        only["composite"]!["recommendation"].Should().BeNull("the fields do not name it");
        only["match_key"]!["coverage"]!["email"]!.GetValue<double>().Should().Be(100);
        only["match_key"]!["coverage"]!["phone"]!.GetValue<double>().Should().Be(0);
    }

    [Fact]
    public async Task Web_events_are_scored_by_key()
    {
        var sale = Some.Purchase();
        sale["action_source"] = "website";
        await Send(sale);

        var quality = (await Read("123", Web))["web"]![0]!["event_match_quality"]!;

        quality["composite_score"]!.GetValue<double>().Should().BeGreaterThan(0);
        quality["match_key_feedback"]![0]!
            .ToJsonString()
            .Should()
            .Be("""{"identifier":"em","coverage":{"percentage":100}}""");
    }

    [Fact]
    public async Task An_agent_filters_to_its_own_events_without_case_and_version()
    {
        await Send(Some.Purchase(), "Acme_1_2");

        (await Read("123", Offline, "&agent_name=acme"))["offline"].Should().NotBeNull();
        (await Read("123", Offline, "&agent_name=other")).ToJsonString().Should().Be("{}");
    }

    [Fact]
    public async Task A_field_that_Meta_does_not_have_is_refused()
    {
        var refused = await Read("123", "web{dedup_key_feedback}", status: HttpStatusCode.BadRequest);
        refused["error"]!["code"]!.GetValue<int>().Should().Be(100);
        refused["error"]!["message"]!.GetValue<string>().Should().Contain("nonexisting field (dedup_key_feedback)");
        await Read("123", "web{event_name", status: HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_token_that_may_not_read_quality_is_refused_with_code_10()
    {
        await Describe("""{"token":"token","kind":"systemUser"}""");
        await Read("123", Offline);
        await Describe("""{"token":"token","quality":false}""");
        (await Read("123", Offline, status: HttpStatusCode.BadRequest))["error"]!["code"]!
            .GetValue<int>()
            .Should()
            .Be(10);
    }

    [Fact]
    public async Task It_is_no_edge_of_a_dataset()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "v27.0/123/dataset_quality?access_token=token");
        using var response = await _sandbox.Http.SendAsync(request);
        (await response.Json())["error"]!["code"]!.GetValue<int>().Should().Be(2500);
    }

    private async Task Describe(string token)
    {
        using var described = await _sandbox.Http.PostAsync(
            new Uri("sandbox/tokens", UriKind.Relative),
            new StringContent(token, Encoding.UTF8, "application/json")
        );
        described.StatusCode.Should().Be(HttpStatusCode.Created);
    }

    private async Task Send(JsonObject sale, string? agent = null)
    {
        var body = new JsonObject { ["data"] = new JsonArray(sale), ["access_token"] = "token" };
        if (agent is not null)
        {
            body["partner_agent"] = agent;
        }

        using var sent = await _sandbox.Post("v27.0/123", body.ToJsonString());
        sent.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    private async Task<JsonNode> Read(
        string dataset,
        string fields,
        string more = "",
        HttpStatusCode status = HttpStatusCode.OK
    )
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(
                $"v27.0/dataset_quality?dataset_id={dataset}&fields={Uri.EscapeDataString(fields)}{more}",
                UriKind.Relative
            )
        );
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "token");
        using var response = await _sandbox.Http.SendAsync(request);
        response.StatusCode.Should().Be(status);
        return await response.Json();
    }
}
