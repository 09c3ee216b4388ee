using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Tests.Configuration;

public sealed class ServiceConfigurationTests : ConfigurationUnderTest
{
    [Fact]
    public void All_problems_are_told_at_once()
    {
        var problems = Problems(
            """
            "Graph": { "BaseAddress": "ftp://x", "ApiVersion": "26", "Timeout": "00:00:00" },
            "Ingestion": { "RateLimit": { "Burst": 0 } },
            "Cors": { "Origins": ["https://shop.example/path"] },
            "Grap": {},
            "Connections": {
              "a": { "Source": "MParticle", "WriteKeys": ["no-secret"], "AccessToken": "x",
                "MParticle": { "EmailType": "Other 11" } },
              "b": { "Source": "Segment", "WriteKeys": ["the-same-key"], "AccessToken": "x",
                "ActionSource": "shop", "Segment": { "Events": [{ "Event": "Order Completed" }] } },
              "c": { "Source": "RudderStack", "WriteKeys": ["the-same-key"], "AccessToken": "x",
                "RudderStack": { "EventsToIds": [{ "From": "Purchase", "To": "a/b" }] } }
            }
            """
        );

        problems
            .Select(problem => problem[..problem.IndexOf(": ", StringComparison.Ordinal)])
            .Should()
            .BeEquivalentTo(
                "Grap",
                "Graph:BaseAddress",
                "Graph:ApiVersion",
                "Graph:Timeout",
                "Ingestion:RateLimit:Burst",
                "Cors:Origins:0",
                "Connections:a:DatasetId",
                "Connections:a:WriteKeys:0",
                "Connections:a:MParticle:EmailType",
                "Connections:b:ActionSource",
                "Connections:b:Segment:Events:0:EventSetId",
                "Connections:c:RudderStack:EventsToIds:0:To",
                "Connections:c:WriteKeys:0"
            );
        problems
            .Should()
            .NotContain(
                problem =>
                    problem.Contains("the-same-key", StringComparison.Ordinal)
                    || problem.Contains("no-secret", StringComparison.Ordinal),
                "a write key is a secret"
            );
    }

    [Fact]
    public void Without_a_connection_the_service_starts_in_Development_only()
    {
        Problems("\"Admin\": {}", "Development").Should().BeEmpty();
        Problems("\"Admin\": {}", "Production")
            .Should()
            .ContainSingle()
            .Which.Should()
            .StartWith("Connections: none is configured");
    }

    [Fact]
    public void A_misspelt_section_in_the_environment_is_found_and_a_foreign_variable_is_not()
    {
        var problems = new ConfigurationProblems();
        Environment.SetEnvironmentVariable("Conections__stores__AccessToken", "t0ken");
        Environment.SetEnvironmentVariable("Someone__elses__thing", "1");
        try
        {
            RootSections.Check(new ConfigurationBuilder().AddEnvironmentVariables().Build(), problems);
        }
        finally
        {
            Environment.SetEnvironmentVariable("Conections__stores__AccessToken", null);
            Environment.SetEnvironmentVariable("Someone__elses__thing", null);
        }

        problems
            .All.Select(problem => problem.ToString())
            .Should()
            .Equal("Conections: is not a setting; did you mean Connections?");
    }

    [Fact]
    public void The_config_file_lies_over_the_command_line_and_later_files_over_earlier_ones()
    {
        var first = Write(
            "first.json",
            $"{{ \"Delivery\": {{ \"MaxConcurrency\": 5, \"MaxBatchBytes\": 5000 }}, {Shop} }}"
        );
        var second = Write("second.json", "{ \"Delivery\": { \"MaxConcurrency\": 6 } }");

        var (options, problems) = Read(["--Delivery:MaxConcurrency=4", "--config", first, $"--config={second}"]);

        problems.Should().BeEmpty();
        options.Delivery.MaxConcurrency.Should().Be(6);
        options.Delivery.MaxBatchBytes.Should().Be(5000);
    }

    [Theory]
    [InlineData("--config", "needs the path of a JSON file")]
    [InlineData("--config=nowhere.json", "there is no file")]
    [InlineData("--confg=x", "is not a setting")]
    public void A_config_file_that_is_not_there_is_told(string argument, string message) =>
        Read([argument])
            .Problems.Select(problem => problem.ToString())
            .Should()
            .Contain(problem => problem.Contains(message, StringComparison.Ordinal));

    [Fact]
    public void A_broken_config_file_is_told_with_its_line() =>
        Read(["--config", Write("broken.json", "{\n  \"Graph\": oops\n}")])
            .Problems.Select(problem => problem.ToString())
            .Should()
            .Contain(problem => problem.Contains("LineNumber: 1", StringComparison.Ordinal));

    [Fact]
    public async Task A_wrong_setting_stops_the_process_with_code_1_and_no_stack_trace()
    {
        var file = Write("wrong.json", $"{{ \"Graph\": {{ \"Timeout\": \"soon\" }}, {Shop} }}");
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "--config", file])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Folder.FullName,
        };
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        process.ExitCode.Should().Be(1);
        errors
            .Should()
            .Contain("Graph:Timeout: soon is not a time span")
            .And.NotContain("   at ")
            .And.NotContain("t0ken");
    }
}
