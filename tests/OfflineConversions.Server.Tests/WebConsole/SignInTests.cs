using System.Net;
using System.Text.RegularExpressions;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>The door of the console.</summary>
public sealed class SignInTests : ConsoleService
{
    [Fact]
    public async Task Signed_out_every_page_leads_to_a_form_with_one_password_field_and_back()
    {
        foreach (var page in Visitor.Pages.Append("/console/tail").Append("/console/no-such-page"))
        {
            using var response = await Visitor.GetAsync(page);
            response.StatusCode.Should().Be(HttpStatusCode.Redirect, page);
            response
                .Headers.Location!.ToString()
                .Should()
                .Be($"/console/sign-in?returnUrl={Uri.EscapeDataString(page)}");
        }

        var form = await Visitor.ReadAsync("/console/sign-in");
        Regex.Count(form, "<input(?! name=\"__Req)").Should().Be(1);
        form.Should().Contain("type=\"password\"");
    }

    [Theory]
    [InlineData(OperatorKey)]
    [InlineData(ReadKey)]
    public async Task Signed_in_every_page_is_there_and_linked_from_the_nav(string key)
    {
        (await Visitor.SignInAsync(key)).StatusCode.Should().Be(HttpStatusCode.Redirect);

        var overview = await Visitor.ReadAsync("/console");
        foreach (var page in Visitor.Pages)
        {
            await Visitor.ReadAsync(page);
            if (page != "/console/connections/seg")
            {
                overview.Should().Contain($"<a href=\"{page}\"");
            }
        }

        (await Visitor.GetAsync("/console/no-such-page")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_cookie_is_out_of_reach_of_scripts_and_of_other_sites()
    {
        using var response = await Visitor.SignInAsync(OperatorKey);

        var cookie = response
            .Headers.GetValues("Set-Cookie")
            .Single(one => one.StartsWith("console-session=", StringComparison.Ordinal));
        cookie.Should().Contain("httponly").And.Contain("samesite=strict").And.Contain("path=/console");
    }

    [Fact]
    public async Task A_wrong_key_opens_nothing_and_its_guesses_count_with_those_at_the_routes()
    {
        for (var guess = 0; guess < 20; guess++)
        {
            using var refused = await Visitor.SignInAsync($"wrong-{guess}");
            refused.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        }

        (await Visitor.GetAsync("/console")).StatusCode.Should().Be(HttpStatusCode.Redirect);
        using var api = new HttpRequestMessage(HttpMethod.Get, "/api/ledger");
        api.Headers.TryAddWithoutValidation("Authorization", "Bearer wrong");
        (await Service.Http.SendAsync(api)).StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        using var limited = await Visitor.SignInAsync("wrong-again");
        limited.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_and_both_are_in_the_audit_trail()
    {
        await Visitor.SignInAsync(OperatorKey);
        (await Visitor.SignInAsync("wrong")).Dispose();
        using var signedOut = await Visitor.PostAsync("/console/sign-out", await Visitor.TokenAsync("/console"));

        (await Visitor.GetAsync("/console")).StatusCode.Should().Be(HttpStatusCode.Redirect);
        var metrics = await Service.Http.GetStringAsync("/metrics");
        foreach (var series in new[] { """sign_in",result="done"} 1""", """sign_in",result="failed"} 1""" })
        {
            metrics.Should().Contain(series);
        }

        metrics.Should().Contain("""sign_out",result="done"} 1""");
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    public async Task A_sign_in_leads_to_no_other_site(string target)
    {
        var path = $"/console/sign-in?returnUrl={Uri.EscapeDataString(target)}";
        using var response = await Visitor.PostAsync(path, await Visitor.TokenAsync(path), ("key", OperatorKey));

        response.Headers.Location!.ToString().Should().Be("/console");
    }

    [Fact]
    public async Task A_changed_key_ends_the_sessions_that_were_opened_with_it()
    {
        await Visitor.SignInAsync(ReadKey);
        await Visitor.ReadAsync("/console");

        var settings = await File.ReadAllTextAsync(Service.SettingsFile);
        await File.WriteAllTextAsync(Service.SettingsFile, settings.Replace(ReadKey, "another-key-to-look"));

        await Wait.UntilAsync(async () => (await Visitor.GetAsync("/console")).StatusCode == HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task Switched_off_there_is_no_console()
    {
        await using var service = await ServiceUnderTest.StartAsync(
            $$"""
            "Admin": { "ApiKey": "{{OperatorKey}}", "Console": false },
            {{ServiceUnderTest.FourSources}}
            """
        );

        foreach (var path in Visitor.Pages.Append("/console/sign-in").Append("/console/assets/console.css"))
        {
            (await service.Http.GetAsync(path)).StatusCode.Should().Be(HttpStatusCode.NotFound, path);
        }
    }

    [Fact]
    public async Task Without_a_key_this_machine_needs_no_sign_in_in_Development_and_nobody_gets_in_elsewhere()
    {
        await using var development = await ServiceUnderTest.StartAsync(environment: "Development");
        using var local = new Visitor(development);
        await local.ReadAsync("/console");
        (
            await local.PostAsync(
                "/console/connections/seg?handler=Pause",
                await local.TokenAsync("/console/connections/seg")
            )
        )
            .StatusCode.Should()
            .Be(HttpStatusCode.Redirect);
        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/console");
        foreign.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.9");
        (await development.Http.SendAsync(foreign))
            .RequestMessage!.RequestUri!.AbsolutePath.Should()
            .Be("/console/sign-in");

        await using var production = await ServiceUnderTest.StartAsync();
        using var stranger = new Visitor(production);
        (await stranger.GetAsync("/console")).StatusCode.Should().Be(HttpStatusCode.Redirect);
        (await stranger.ReadAsync("/console/sign-in")).Should().Contain("no one can sign in");
    }
}
