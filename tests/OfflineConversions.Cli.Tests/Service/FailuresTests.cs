using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using OfflineConversions.Cli.Service;

namespace OfflineConversions.Cli.Tests.Service;

/// <summary>Whatever goes wrong between the tool and the service has a clear message and its own exit code.</summary>
public class FailuresTests
{
    private const string Problem = "application/problem+json";

    [Theory]
    [InlineData(401, "{}", Problem, 4, "does not accept the key", "OFFLINE_CONVERSIONS_KEY")]
    [InlineData(403, """{"detail":"No Admin:ApiKey is configured."}""", Problem, 4, "No Admin:ApiKey", "--key-file")]
    [InlineData(404, """{"detail":"No such thing."}""", Problem, 5, "No such thing.", "")]
    [InlineData(404, "<html>", "text/html", 6, "not as this service does", "--server")]
    [InlineData(200, "<html>", "text/html", 6, "not as this service does", "--server")]
    [InlineData(200, "{", "application/json", 6, "not as this service does", "--server")]
    [InlineData(409, """{"detail":"The import is running."}""", Problem, 6, "The import is running.", "")]
    [InlineData(400, """{"errors":{"limit":["must be a number"]}}""", Problem, 6, "limit must be a number", "")]
    [InlineData(429, """{"detail":"Too many wrong keys."}""", Problem, 4, "Too many wrong keys.", "in 6 s")]
    [InlineData(501, """{"detail":"Not in this store."}""", Problem, 6, "Not in this store.", "")]
    [InlineData(502, "Bad Gateway", "text/plain", 3, "proxy", "")]
    [InlineData(503, """{"detail":"The disk is full."}""", Problem, 7, "The disk is full.", "in 6 s")]
    [InlineData(500, "", "text/plain", 7, "500", "")]
    public async Task A_response_that_is_no_success_is_explained(
        int status,
        string body,
        string type,
        int code,
        string message,
        string advice
    )
    {
        await using var service = await ScriptedService.StartAsync(status, body, type, retryAfter: "6");

        var run = await CliRun.OfAsync(service.Variables, "connections");

        run.Code.Should().Be((ExitCode)code);
        run.Errors.Should().Contain(message).And.NotContain(RunningService.Key);
        run.Errors.Contains(advice).Should().BeTrue("the advice is {0}", advice);
        run.Output.Should().BeEmpty();
    }

    [Fact]
    public async Task A_failure_is_JSON_if_the_result_would_be()
    {
        await using var service = await ScriptedService.StartAsync(401, "{}", Problem);

        var run = await CliRun.OfAsync(service.Variables, "connections", "--json");

        var error = System.Text.Json.JsonElement.Parse(run.Errors).GetProperty("error");
        error.GetProperty("exitCode").GetInt32().Should().Be(4);
        error.GetProperty("message").GetString().Should().Contain("key");
        run.Output.Should().BeEmpty();
    }

    [Fact]
    public async Task A_service_that_does_not_listen_is_unreachable()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"http://{taken.LocalEndpoint}";
        taken.Stop();

        var run = await CliRun.OfAsync(new Dictionary<string, string>(), "connections", "--server", address);

        run.Code.Should().Be(ExitCode.Unreachable);
        run.Errors.Should().Contain("does not listen").And.Contain(address);
    }

    [Fact]
    public async Task A_service_that_does_not_respond_is_given_up_after_the_timeout()
    {
        await using var service = await ScriptedService.StartAsync(context =>
            Task.Delay(Timeout.Infinite, context.RequestAborted)
        );

        var run = await CliRun.OfAsync(service.Variables, "connections", "--timeout", "1");

        run.Code.Should().Be(ExitCode.Unreachable);
        run.Errors.Should().Contain("within 1 s");
    }

    [Fact]
    public async Task The_key_is_not_sent_to_where_the_service_redirects()
    {
        var keys = new List<string>();
        await using var other = await ScriptedService.StartAsync(context =>
        {
            keys.Add(context.Request.Headers.Authorization.ToString());
            return Task.CompletedTask;
        });
        await using var service = await ScriptedService.StartAsync(context =>
        {
            context.Response.Redirect(other.Variables[ServiceAddress.Variable] + "/api/connections");
            return Task.CompletedTask;
        });

        var run = await CliRun.OfAsync(service.Variables, "connections");

        run.Code.Should().Be(ExitCode.Refused);
        run.Errors.Should().Contain("redirects");
        keys.Should().BeEmpty();
    }

    [Fact]
    public async Task A_call_without_TLS_beyond_this_machine_is_warned_of()
    {
        var run = await CliRun.OfAsync(
            new Dictionary<string, string>(),
            "connections",
            "--server",
            "http://sales.invalid"
        );

        run.Code.Should().Be(ExitCode.Unreachable);
        run.Errors.Should().Contain("without TLS").And.Contain("sales.invalid is not known");
    }
}
