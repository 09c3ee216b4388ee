using System.Net;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>Who may act in the console, and how a page proves that it asks.</summary>
public sealed class ReadersTests : ConsoleService
{
    public static TheoryData<string> Actions =>
        [
            "/console/failed/replay?connection=seg&reason=refused_by_meta",
            "/console/failed/discard?connection=seg&reason=refused_by_meta",
            "/console/pending/redirect?connection=seg&datasetId=2",
            "/console/pending/discard?connection=seg&datasetId=2",
            "/console/connections/seg?handler=Pause",
            "/console/connections/seg?handler=Resume",
            "/console/connections/seg?handler=Test",
            "/console/connections/seg?handler=Token",
            "/console/health?handler=Acknowledge",
            "/console/sandbox-sale",
            "/console/imports/november?handler=Cancel",
            "/console/upload?connection=tills&id=november",
            "/console/columns?connection=tills",
        ];

    [Theory]
    [MemberData(nameof(Actions))]
    public async Task With_the_read_only_key_nothing_can_be_done(string action)
    {
        await SellWithFailuresAsync();
        (await Visitor.SignInAsync(ReadKey)).Dispose();

        using var response = await Visitor.PostAsync(action, await Visitor.TokenAsync("/console"));

        response.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        await UntilFailedAsync(2);
        Graph.Requests.Should().HaveCountLessThan(10);
    }

    [Theory]
    [MemberData(nameof(Actions))]
    public async Task A_post_without_the_token_of_a_page_is_refused(string action)
    {
        (await Visitor.SignInAsync(OperatorKey)).Dispose();

        (await Visitor.PostAsync(action, token: null)).StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task With_the_read_only_key_no_page_has_a_button_but_those_that_change_nothing()
    {
        await SellWithFailuresAsync();
        (await Visitor.SignInAsync(ReadKey)).Dispose();

        (await Visitor.ReadAsync("/console/failed")).Should().NotContain("Replay…").And.NotContain("Discard…");
        (await Visitor.ReadAsync("/console/connections/seg")).Should().NotContain("Pause").And.NotContain("Move…");
        (await Visitor.ReadAsync("/console/failed/replay?connection=seg")).Should().Contain("read-only key");
    }

    [Fact]
    public async Task The_read_only_key_does_not_open_the_routes()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/ledger");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {ReadKey}");

        (await Service.Http.SendAsync(request)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }
}
