using System.Net;
using OfflineConversions.Server.Tests.Imports;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>The imports pages without a browser: what everyone sees, and who may do what.</summary>
public sealed class ImportPagesTests : ImportPages
{
    [Theory]
    [InlineData(OperatorKey)]
    [InlineData(ReadKey)]
    public async Task The_history_says_who_imported_what_and_what_came_of_it(string key)
    {
        (await Visitor.SignInAsync(key)).Dispose();
        await ImportAsync(new StringContent(NamedTillExport), "connection=tills&id=november");

        var history = await Visitor.ReadAsync("/console/imports");
        var import = await Visitor.ReadAsync("/console/imports/november");

        history.Should().Contain("/console/imports/november").And.Contain("127.0.0.1").And.Contain("completed");
        import.Should().Contain("insufficient_<wbr>customer_<wbr>information").And.Contain("by 127.0.0.1");
        import.Should().NotContain("example.com");
    }

    [Fact]
    public async Task The_rejected_rows_can_be_downloaded_with_the_read_only_key()
    {
        (await Visitor.SignInAsync(ReadKey)).Dispose();
        await ImportAsync(new StringContent(NamedTillExport), "connection=tills&id=november");

        (await Visitor.ReadAsync("/console/imports/november/rejected"))
            .Should()
            .Be("row,column,reason\r\n4,,insufficient_customer_information\r\n");
    }

    [Fact]
    public async Task With_the_read_only_key_no_form_sends_or_cancels_a_file()
    {
        (await Visitor.SignInAsync(ReadKey)).Dispose();
        await InterruptAsync("stopped", ImportUnderTest.Orders(1500));

        foreach (var page in new[] { "/console/imports", "/console/imports/stopped" })
        {
            (await Visitor.ReadAsync(page)).Should().NotContain("type=\"file\"").And.NotContain("handler=Cancel");
        }
    }

    [Fact]
    public async Task An_interrupted_import_is_cancelled_and_the_audit_trail_knows()
    {
        (await Visitor.SignInAsync(OperatorKey)).Dispose();
        await InterruptAsync("stopped", ImportUnderTest.Orders(1500));
        const string page = "/console/imports/stopped";

        using var done = await Visitor.PostAsync($"{page}?handler=Cancel", await Visitor.TokenAsync(page));

        done.Headers.Location!.ToString().Should().Be(page);
        (await Visitor.ReadAsync(page)).Should().Contain("It was cancelled.");
        (await Service.Http.GetStringAsync("/metrics")).Should().Contain("""cancel_import",result="done"} 1""");
    }

    [Fact]
    public async Task An_import_that_nobody_knows_has_a_page_that_says_so()
    {
        (await Visitor.SignInAsync(OperatorKey)).Dispose();

        using var response = await Visitor.GetAsync("/console/imports/none");

        response.StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await response.Content.ReadAsStringAsync()).Should().Contain("There is no import with this name");
    }

    [Fact]
    public async Task Signed_out_nobody_downloads_or_sends_anything()
    {
        await ImportAsync(2, "connection=tills&id=november");

        (await Visitor.GetAsync("/console/imports/november/rejected")).StatusCode.Should().Be(HttpStatusCode.Redirect);
        (await Visitor.PostAsync("/console/upload?connection=tills", token: null))
            .StatusCode.Should()
            .Be(HttpStatusCode.Redirect);
    }
}
