using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>From an empty service to a sale at the sandbox, by clicking.</summary>
public sealed partial class SandboxSaleTests : IAsyncLifetime
{
    private const string OperatorKey = "the-operators-key";

    private ServiceUnderTest _service = null!;
    private Visitor _visitor = null!;

    public async Task InitializeAsync()
    {
        _service = await ServiceUnderTest.StartAsync(
            $$"""
            "Sandbox": { "Enabled": true }, "Delivery": { "FlushInterval": "00:00:00.05" },
            "Admin": { "ApiKey": "{{OperatorKey}}" }, {{ServiceUnderTest.FourSources}}
            """,
            onDisk: true
        );
        _service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", OperatorKey);
        _visitor = new Visitor(_service);
        (await _visitor.SignInAsync(OperatorKey)).Dispose();
    }

    public async Task DisposeAsync()
    {
        _visitor.Dispose();
        await _service.DisposeAsync();
    }

    [Theory]
    [InlineData("seg")]
    [InlineData("rud")]
    [InlineData("mp")]
    [InlineData("com")]
    public async Task The_sample_of_each_source_reaches_the_sandbox(string connection)
    {
        (await _visitor.ReadAsync("/console")).Should().Contain("Send a sample");
        var playground = await _visitor.ReadAsync($"/console/playground?connection={connection}");
        playground.Should().Contain("Send to the sandbox");

        var sent = await SendAsync(connection, Sample(playground));

        sent.Should().Contain("Sent to the sandbox").And.Contain("accepted").And.Contain("/console/events?q=");
        await Wait.UntilAsync(async () =>
            (await _service.GetJsonAsync("/sandbox/events")).GetProperty("count").GetInt32() > 0
        );
    }

    [Fact]
    public async Task The_same_sale_again_is_a_duplicate_and_says_so()
    {
        var sample = Sample(await _visitor.ReadAsync("/console/playground?connection=seg"));
        await SendAsync("seg", sample);

        (await SendAsync("seg", sample)).Should().Contain("<code>duplicate</code>");
    }

    [Theory]
    [InlineData("seg", "{", "", "cannot be read as JSON")]
    [InlineData("seg", "[]", "", "no event")]
    [InlineData("no-such", "{}", "", "Choose a connection")]
    [InlineData("seg", "{}", """{"Source":"Segment"}""", "own settings")]
    public async Task What_cannot_be_sent_is_explained(
        string connection,
        string body,
        string settings,
        string expected
    ) => (await SendAsync(connection, body, settings)).Should().Contain(expected);

    [Fact]
    public async Task Sending_is_in_the_audit_trail()
    {
        await SendAsync("seg", Sample(await _visitor.ReadAsync("/console/playground?connection=seg")));

        (await _service.Http.GetStringAsync("/metrics")).Should().Contain("""send_sample",result="done"} 1""");
    }

    private async Task<string> SendAsync(string connection, string body, string settings = "")
    {
        using var response = await _visitor.PostAsync(
            "/console/sandbox-sale",
            await _visitor.TokenAsync("/console/playground"),
            ("connection", connection),
            ("body", body),
            ("settings", settings)
        );
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>What the playground has filled in.</summary>
    private static string Sample(string page)
    {
        var text = WebUtility.HtmlDecode(Body().Match(page).Groups["body"].Value);
        return JsonNode.Parse(text)!.ToJsonString();
    }

    [GeneratedRegex("<textarea id=\"body\"[^>]*>(?<body>[^<]*)<")]
    private static partial Regex Body();
}
