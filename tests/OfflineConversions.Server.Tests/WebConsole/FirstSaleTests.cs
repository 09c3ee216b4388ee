using System.Net;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>What the pages say while no sale has arrived.</summary>
public sealed class FirstSaleTests : ConsoleService
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        (await Visitor.SignInAsync(OperatorKey)).Dispose();
    }

    [Fact]
    public async Task A_connection_shows_how_to_send_to_it()
    {
        var page = await Visitor.ReadAsync("/console/connections/seg");
        page.Should().Contain("/segment/v1/track").And.Contain("-u WRITE_KEY:");

        (await Visitor.ReadAsync("/console/connections/tills")).Should().Contain("Its sales come from files");
    }

    [Fact]
    public async Task An_empty_service_says_how_to_begin_until_its_first_sale()
    {
        (await Visitor.ReadAsync("/console"))
            .Should()
            .Contain("No sale has arrived yet")
            .And.NotContain("Send a sample");

        await SellAsync("m1");
        (await Visitor.ReadAsync("/console")).Should().NotContain("No sale has arrived yet");
    }

    [Fact]
    public async Task Where_events_reach_Meta_no_made_up_sale_can_be_sent()
    {
        (await Visitor.ReadAsync("/console/playground")).Should().NotContain("Send to the sandbox");
        var token = await Visitor.TokenAsync("/console/playground");
        using var refused = await Visitor.PostAsync(
            "/console/sandbox-sale",
            token,
            ("connection", "seg"),
            ("body", "{}")
        );
        refused.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }
}
