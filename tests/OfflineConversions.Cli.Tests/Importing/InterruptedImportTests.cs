using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using OfflineConversions.Cli.Service;

namespace OfflineConversions.Cli.Tests.Importing;

/// <summary>Imports that are interrupted: by the service's death, by the tool's, and by the person.</summary>
public class InterruptedImportTests(RunningService service) : IClassFixture<RunningService>
{
    private const int Rows = 200_000;

    [Fact]
    public async Task The_file_is_sent_again_by_itself_after_the_service_was_killed()
    {
        var file = await service.WriteAsync("killed.csv", RunningService.Orders(Rows, "k"));
        var address = service.Address;
        var importing = service.RunAsync("import", file, "-c", "twice", "--id", "killed", "--json");
        await Wait.UntilAsync(async () => await RowsAsync("killed") > 0 || importing.IsCompleted);

        await service.KillAsync();
        await service.StartAsync($"http://127.0.0.1:{address.Port}");
        var run = await importing;

        run.Code.Should().Be(ExitCode.Success, run.Errors);
        run.Json.GetProperty("rows").GetInt64().Should().Be(Rows);
        run.Json.GetProperty("accepted").GetInt64().Should().Be(Rows, "every row is there once");
    }

    [Fact]
    public async Task After_the_tool_was_killed_the_same_command_continues_after_the_last_row_on_disk()
    {
        var file = await service.WriteAsync("tool.csv", RunningService.Orders(Rows, "t"));
        using (var tool = Start("import", file, "-c", "twice"))
        {
            await Wait.UntilAsync(async () => await RowsAsync(await NewestAsync()) is > 0 and < Rows || tool.HasExited);
            tool.Kill();
            await tool.WaitForExitAsync();
        }

        var id = await NewestAsync();
        await Wait.UntilAsync(async () => (await ImportAsync(id)).GetProperty("state").GetString() == "interrupted");
        var run = await service.RunAsync("import", file, "-c", "twice");

        run.Code.Should().Be(ExitCode.Success, run.Errors);
        run.Errors.Should().Contain($"Continues import {id}");
        (await ImportAsync(id)).GetProperty("accepted").GetInt64().Should().Be(Rows);
    }

    [PosixFact]
    public async Task An_interrupted_tool_cancels_its_import_says_so_and_the_same_command_goes_on()
    {
        var file = await service.WriteAsync("stopped.csv", RunningService.Orders(Rows, "s"));
        using var tool = Start("import", file, "-c", "twice", "--id", "stopped");
        await Wait.UntilAsync(async () => await RowsAsync("stopped") is > 0 and < Rows || tool.HasExited);

        using (var signal = Process.Start("sh", ["-c", $"kill -INT {tool.Id}"]))
        {
            await signal.WaitForExitAsync();
        }

        var errors = await tool.StandardError.ReadToEndAsync();
        await tool.WaitForExitAsync();

        tool.ExitCode.Should().Be((int)ExitCode.Interrupted, errors);
        errors.Should().MatchRegex(@"Cancelled after [\d,]+ rows\. [\d,]+ events are queued and stay so\.");
        (await ImportAsync("stopped")).GetProperty("state").GetString().Should().Be("cancelled");
        var run = await service.RunAsync("import", file, "-c", "twice", "--id", "stopped", "--json");
        run.Json.GetProperty("accepted").GetInt64().Should().Be(Rows);
    }

    [Fact]
    public async Task A_busy_service_is_asked_again_after_the_time_it_names()
    {
        var uploads = 0;
        await using var busy = await ScriptedService.StartAsync(async context =>
        {
            context.Response.ContentType = "application/json";
            if (context.Request.Method == "GET")
            {
                context.Response.StatusCode = 404;
                await context.Response.WriteAsync("{}");
            }
            else if (Interlocked.Increment(ref uploads) < 3)
            {
                context.Response.StatusCode = 503;
                context.Response.Headers.RetryAfter = "1";
                await context.Response.WriteAsync("""{"detail":"As many imports run as may."}""");
            }
            else
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
                await context.Response.WriteAsync("""{"id":"a","state":"completed","rows":1,"accepted":1}""");
            }
        });
        var file = await service.WriteAsync("busy.csv", RunningService.Orders(1, "busy"));

        var run = await CliRun.OfAsync(busy.Variables, "import", file, "-c", "tills");

        run.Code.Should().Be(ExitCode.Success, run.Errors);
        uploads.Should().Be(3);
        run.Errors.Should().Contain("As many imports run as may.").And.Contain("Sending the file again");
    }

    [Fact]
    public async Task A_service_that_stays_away_is_given_up_with_the_way_to_continue()
    {
        await using var broken = await ScriptedService.StartAsync(async context =>
        {
            context.Response.StatusCode = context.Request.Method == "GET" ? 404 : 503;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("""{"detail":"The disk is full."}""");
        });
        var file = await service.WriteAsync("away.csv", RunningService.Orders(1, "away"));

        var run = await CliRun.OfAsync(broken.Variables, "import", file, "-c", "tills", "--retry-for", "0");

        run.Code.Should().Be(ExitCode.Unavailable);
        run.Errors.Should().Contain("The disk is full.").And.Contain("same command again");
    }

    private async Task<long> RowsAsync(string? id) =>
        id is not null && (await ImportAsync(id)).TryGetProperty("rows", out var rows) ? rows.GetInt64() : 0;

    private async Task<System.Text.Json.JsonElement> ImportAsync(string id)
    {
        try
        {
            return await service.CallAsync(HttpMethod.Get, $"/api/imports/{id}");
        }
        catch (HttpRequestException)
        {
            return System.Text.Json.JsonElement.Parse("{}");
        }
    }

    private async Task<string> NewestAsync() =>
        (await service.CallAsync(HttpMethod.Get, "/api/imports?limit=1")).GetProperty("items") is var items
        && items.GetArrayLength() > 0
            ? items[0].GetProperty("id").GetString()!
            : "none";

    /// <summary>
    /// A shell lets the programs that it runs in the background ignore SIGINT, these tests and the tool included. The
    /// <c>env</c> of GNU, which Debian has, starts a program that does not.
    /// </summary>
    private static bool CanRestoreInterrupts => OperatingSystem.IsLinux() && File.Exists("/etc/debian_version");

    private Process Start(params string[] args)
    {
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(CanRestoreInterrupts ? "env" : host)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (CanRestoreInterrupts)
        {
            start.ArgumentList.Add("--default-signal=INT");
            start.ArgumentList.Add(host);
        }

        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "offline-conversions.dll"));
        foreach (var argument in args)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in service.Variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
