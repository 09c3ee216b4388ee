using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Tests.Configuration;

public sealed class ServiceConfigurationTests : IDisposable
{
    private const string Shop = """
        "Connections": { "stores": { "Source": "Segment", "WriteKeys": ["write-key-1"], "AccessToken": "t0ken" } }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("offline-conversions-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("BatchSize", "5000", "5000 is out of range; allowed are 1 to 1000")]
    [InlineData("BatchSize", "\"many\"", "many is not a whole number")]
    [InlineData(
        "Source",
        "\"Segmint\"",
        "Segmint is not allowed; allowed are MParticle, Segment, RudderStack, CommandersAct"
    )]
    [InlineData("Source", "\"1\"", "1 is not allowed; allowed are MParticle, Segment, RudderStack, CommandersAct")]
    [InlineData("Api", "\"Offline\"", "Offline is not allowed; allowed are ConversionsApi, OfflineEvents")]
    [InlineData("HashExternalId", "\"yes\"", "yes is neither true nor false")]
    [InlineData(
        "DeduplicationWindow",
        "48",
        "48 is not a time span; write d.hh:mm:ss, for example 00:00:10 or 2.00:00:00"
    )]
    [InlineData(
        "DefaultCurrency",
        "\"EURO\"",
        "EURO is not a currency code; write three letters of ISO 4217, for example EUR"
    )]
    [InlineData(
        "DefaultCountry",
        "\"USA\"",
        "USA is not a country code; write two letters of ISO 3166-1, for example US"
    )]
    [InlineData("DatasetId", "\"../1\"", "is not a dataset id; letters, digits, _ and - are allowed")]
    [InlineData("AccesToken", "\"x\"", "is not a setting; did you mean AccessToken?")]
    [InlineData("AccessToken", "\"\"", "is required: the access token of Meta's system user")]
    [InlineData("WriteKeys", "[]", "at least one is required: the key that the source presents")]
    [InlineData(
        "WriteKeys",
        "\"write-key-1\"",
        "is a list; write [\"…\"], or its first entry as …__0 in the environment"
    )]
    [InlineData("Segment", "\"on\"", "is a section; write its settings under it")]
    [InlineData("TestEventCode", "{ \"a\": 1 }", "is a single value, not a section or list")]
    public void A_wrong_setting_is_named_with_what_is_allowed(string setting, string value, string message)
    {
        var defaults = new Dictionary<string, string>
        {
            ["Source"] = "\"Segment\"",
            ["WriteKeys"] = "[\"write-key-1\"]",
            ["AccessToken"] = "\"t0ken\"",
            [setting] = value,
        };

        var problems = Problems(
            $"\"Connections\": {{ \"stores\": {{ {string.Join(", ", defaults.Select(entry => $"\"{entry.Key}\": {entry.Value}"))} }} }}"
        );

        problems.Should().Contain($"Connections:stores:{setting}: {message}");
    }

    [Theory]
    [InlineData("https://graph.facebook.com", "", true)]
    [InlineData("https://GRAPH.facebook.com/proxy", "", true)]
    [InlineData("http://127.0.0.1:9090", "", true)]
    [InlineData("http://localhost:9090/graph", "", true)]
    [InlineData("http://[::1]:9090", "", true)]
    [InlineData("https://gateway.example", "gateway.example", true)]
    [InlineData("https://gateway.example", "", false)]
    [InlineData("https://graph.facebook.com.evil.example", "", false)]
    [InlineData("https://sub.gateway.example", "gateway.example", false)]
    [InlineData("http://graph.facebook.com", "", false)]
    [InlineData("http://gateway.example", "gateway.example", false)]
    [InlineData("https://someone:s3cret@graph.facebook.com", "", false)]
    [InlineData("https://graph.facebook.com/?x=1", "", false)]
    [InlineData("https://graph.facebook.com/#x", "", false)]
    public void Tokens_go_to_Meta_to_this_machine_or_to_a_host_that_is_listed(
        string address,
        string allowed,
        bool right
    )
    {
        var problems = Problems(
                $$""" "Graph": { "BaseAddress": "{{address}}", "AllowedHosts": [{{(allowed.Length == 0 ? "" : $"\"{allowed}\"")}}] }, {{Shop}} """
            )
            .ToArray();

        problems.Should().HaveCount(right ? 0 : 1);
        problems
            .Where(problem =>
                !problem.StartsWith("Graph:BaseAddress: ", StringComparison.Ordinal)
                || problem.Contains("s3cret", StringComparison.Ordinal)
            )
            .Should()
            .BeEmpty();
    }

    [Theory]
    [InlineData("Segment", "brief", "is too short")]
    [InlineData("MParticle", "k:s", "is too short")]
    [InlineData("Segment", "demo-segment-key", "is a demo key")]
    [InlineData("MParticle", "demo-mparticle-key:demo-mparticle-secret", "is a demo key")]
    public void A_key_that_is_short_or_public_is_for_Development_only(string source, string key, string problem)
    {
        var settings =
            $$""" "Admin": { "ApiKey": "{{key}}" }, "Connections": { "stores": { "Source": "{{source}}", "WriteKeys": ["{{key}}"], "AccessToken": "t0ken", "DatasetId": "1" } } """;

        Problems(settings, "Development").Should().BeEmpty();
        var told = Problems(settings).ToArray();
        told.Should()
            .HaveCount(2)
            .And.OnlyContain(line =>
                line.Contains(problem, StringComparison.Ordinal) && !line.Contains(key, StringComparison.Ordinal)
            );
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public void A_placeholder_from_the_documentation_stops_the_start_and_the_message_says_how_to_replace_it(
        string environment
    )
    {
        var problems = Problems(
                """
                "Admin": { "ApiKey": "your-operator-key" },
                "Connections": {
                  "a": { "Source": "Segment", "WriteKeys": ["your-write-key"], "AccessToken": "your-access-token",
                         "AppSecret": "<app secret>", "TestEventCode": "your-test-event-code",
                         "Segment": { "Events": [{ "Event": "Order Completed", "EventSetId": "your-dataset-id" }] } },
                  "b": { "Source": "CommandersAct", "WriteKeys": ["a-long-random-key"], "DatasetId": "<id>",
                         "AccessToken": "the token of Meta's system user" }
                }
                """,
                environment
            )
            .ToArray();

        problems
            .Select(problem => problem.Split(": ")[0])
            .Should()
            .BeEquivalentTo(
                "Admin:ApiKey",
                "Connections:a:WriteKeys:0",
                "Connections:a:AccessToken",
                "Connections:a:AppSecret",
                "Connections:a:TestEventCode",
                "Connections:a:Segment:Events:0:EventSetId",
                "Connections:b:WriteKeys:0",
                "Connections:b:DatasetId",
                "Connections:b:AccessToken"
            );
        problems
            .Should()
            .OnlyContain(problem => problem.Contains("is a placeholder from the documentation; "))
            .And.Contain(problem => problem.EndsWith("generate one with openssl rand -hex 24"));
    }

    [Theory]
    [InlineData("\"Admin\": { \"Port\": 70000 }", "Admin:Port: 70000 is out of range; allowed are 1 to 65535")]
    [InlineData("\"Admin\": { \"Host\": \"intern\" }", "Admin:Host: is not an IP address, localhost or *")]
    [InlineData(
        "\"ForwardedHeaders\": { \"KnownProxies\": [\"proxy\"] }",
        "ForwardedHeaders:KnownProxies:0: is not an IP address"
    )]
    [InlineData(
        "\"ForwardedHeaders\": { \"KnownNetworks\": [\"10.0.0.0\"] }",
        "ForwardedHeaders:KnownNetworks:0: is not a network; write for example 10.0.0.0/8"
    )]
    [InlineData(
        "\"Graph\": { \"AllowedHosts\": [\"https://gateway.example\"] }",
        "Graph:AllowedHosts:0: is not a host name; write it without scheme, port or path, for example gateway.example"
    )]
    public void A_wrong_setting_of_the_border_is_told(string setting, string problem) =>
        Problems($"{setting}, {Shop}").Should().Equal(problem);

    [Theory]
    [InlineData("\"MaxBodyBytes\": 1048576", 268_435_456)]
    [InlineData("\"MaxBodyBytes\": 33554432", 536_870_912)]
    [InlineData("\"MaxBodyBytes\": 268435456", 4_294_967_296)]
    [InlineData("\"MaxBodyBytes\": 33554432, \"MaxInFlightBodyBytes\": 1073741824", 1_073_741_824)]
    public void What_all_bodies_may_hold_follows_a_larger_body_unless_it_is_set(string ingestion, long together)
    {
        var (options, problems) = Read([
            "--config",
            Shipped("appsettings.json"),
            "--config",
            Write("larger.json", $"{{ \"Ingestion\": {{ {ingestion} }}, {Shop} }}"),
        ]);

        problems.Should().BeEmpty();
        options.Ingestion.MaxInFlightBodyBytes.Should().Be(together);
    }

    [Fact]
    public void What_all_bodies_may_hold_is_refused_where_it_is_set_too_small_for_the_largest() =>
        Problems($$""" "Ingestion": { "MaxBodyBytes": 33554432, "MaxInFlightBodyBytes": 268435456 }, {{Shop}} """)
            .Should()
            .ContainSingle()
            .Which.Should()
            .StartWith("Ingestion:MaxInFlightBodyBytes: 268435456 is out of range; allowed are 536870912 to ");

    [Fact]
    public void The_frameworks_switch_that_believes_every_proxy_is_refused()
    {
        var problems = new ConfigurationProblems();
        RootSections.Check(
            new ConfigurationBuilder().AddInMemoryCollection([new("ForwardedHeaders_Enabled", "true")]).Build(),
            problems
        );

        problems.All.Should().ContainSingle().Which.Message.Should().Contain("ForwardedHeaders:KnownProxies");
    }

    [Theory]
    [InlineData("Segment", "MParticle", "{ \"FeedOnly\": false }")]
    [InlineData("MParticle", "Segment", "\"on\"")]
    [InlineData("CommandersAct", "rudderstack", "{ \"EventsToIds\": [], \"EnableHashing\": true }")]
    public void A_section_of_another_source_is_an_error_that_names_both_sources(
        string source,
        string section,
        string value
    ) =>
        Problems(
                $$"""
                "Connections": { "stores": { "Source": "{{source}}", "WriteKeys": ["write-key-1:secret"],
                                             "AccessToken": "t0ken", "DatasetId": "1", "{{section}}": {{value}} } }
                """
            )
            .Where(problem => !problem.Contains("WriteKeys", StringComparison.Ordinal))
            .Should()
            .ContainSingle()
            .Which.Should()
            .Be(
                $"Connections:stores:{section}: is a section of source {EventSources.All.Find(section)}; "
                    + $"this connection's Source is {source}"
            );

    [Fact]
    public void A_section_of_another_source_that_is_null_is_as_if_absent() =>
        Problems(Shop.Replace("\"Source\"", "\"MParticle\": null, \"Source\"", StringComparison.Ordinal))
            .Should()
            .BeEmpty();

    [Fact]
    public void Where_the_source_is_wrong_the_sections_of_sources_are_checked_all_the_same() =>
        Problems(
                """
                "Connections": { "stores": { "Source": "Segmnt", "WriteKeys": ["write-key-1"], "AccessToken": "t0ken",
                                             "Segment": { "LimitedDataUse": "perhaps" } } }
                """
            )
            .Should()
            .BeEquivalentTo(
                "Connections:stores:Source: Segmnt is not allowed; "
                    + "allowed are MParticle, Segment, RudderStack, CommandersAct",
                "Connections:stores:Segment:LimitedDataUse: perhaps is neither true nor false"
            );

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
              "a": { "Source": "MParticle", "WriteKeys": ["no-secret"], "AccessToken": "x", "MParticle": { "EmailType": "Other 11" } },
              "b": { "Source": "Segment", "WriteKeys": ["the-same-key"], "AccessToken": "x", "ActionSource": "shop", "Segment": { "Events": [{ "Event": "Order Completed" }] } },
              "c": { "Source": "RudderStack", "WriteKeys": ["the-same-key"], "AccessToken": "x", "RudderStack": { "EventsToIds": [{ "From": "Purchase", "To": "a/b" }] } }
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
    public void The_legacy_shape_may_send_twice_as_many_events_a_request()
    {
        Problems(
                Shop.Replace(
                    "\"Source\"",
                    "\"Api\": \"OfflineEvents\", \"BatchSize\": 2000, \"Source\"",
                    StringComparison.Ordinal
                )
            )
            .Should()
            .BeEmpty();
    }

    [Theory]
    [InlineData("\"Segment\": { \"SharedSecret\": \" \" }", "Segment:SharedSecret")]
    [InlineData("\"SharedHeader\": { \"Value\": \"  \" }", "SharedHeader:Value")]
    [InlineData("\"SharedHeader\": { \"Name\": \" \" }", "SharedHeader:Name")]
    [InlineData("\"SharedHeader\": { \"Name\": \"\" }", "SharedHeader:Name")]
    [InlineData("\"AppSecret\": \"\\t\"", "AppSecret")]
    public void A_blank_secret_stops_the_start_instead_of_turning_its_check_off(string setting, string key) =>
        Problems(Shop.Replace("\"Source\"", $"{setting}, \"Source\"", StringComparison.Ordinal))
            .Should()
            .ContainSingle()
            .Which.Should()
            .StartWith($"Connections:stores:{key}: ");

    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public void A_blank_operators_key_stops_the_start(string environment) =>
        Problems($"\"Admin\": {{ \"ApiKey\": \" \" }}, {Shop}", environment)
            .Should()
            .Equal("Admin:ApiKey: is blank; write the key, or leave the setting out");

    [Theory]
    [InlineData(
        "Urls",
        "http://*:80;https://[::]:443;http://+:8080/;http://localhost;http://unix:/run/offline.sock",
        true
    )]
    [InlineData("Urls", "http://*:80;8080", false)]
    [InlineData("Urls", "ftp://*:80", false)]
    [InlineData("Urls", "http://*:http", false)]
    [InlineData("Urls", "http://*:70000", false)]
    [InlineData("Urls", "http://*:80/shop", false)]
    [InlineData("Http_Ports", "80;8080", true)]
    [InlineData("Http_Ports", "http", false)]
    [InlineData("Https_Ports", "70000", false)]
    public void An_address_to_listen_on_is_checked_with_all_the_rest(string key, string value, bool right)
    {
        var problems = Problems($"\"{key}\": \"{value}\", {Shop}").ToArray();

        problems.Should().HaveCount(right ? 0 : 1);
        problems.Where(problem => !problem.StartsWith($"{key}: ", StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Fact]
    public void A_null_is_as_if_absent()
    {
        Problems(
                Shop.Replace(
                    "\"Source\"",
                    "\"AppSecret\": null, \"BatchSize\": null, \"DateOrder\": null, \"Segment\": null, \"Source\"",
                    StringComparison.Ordinal
                )
            )
            .Should()
            .BeEmpty();
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
    public void The_shipped_settings_show_every_setting_with_its_default()
    {
        var shipped = JsonDocument
            .Parse(
                Uncommented(File.ReadAllText(Shipped("appsettings.json"))),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip }
            )
            .RootElement;
        var (options, problems) = Read([
            "--config",
            Write("shipped.json", shipped.GetRawText().Replace("\"your-", "\"a-real-", StringComparison.Ordinal)),
        ]);

        problems.Should().BeEmpty();
        var stores = options.Connections["stores"];
        options
            .Should()
            .BeEquivalentTo(new ServiceOptions(), settings => settings.Excluding(service => service.Connections));
        stores
            .Should()
            .BeEquivalentTo(new ConnectionOptions(), settings =>
                settings
                    .Excluding(connection => connection.Source)
                    .Excluding(connection => connection.SourceOptions)
                    .Excluding(connection => connection.WriteKeys)
                    .Excluding(connection => connection.AccessToken)
            );
        var connections = shipped.GetProperty("Connections");
        Missing(shipped, typeof(ServiceOptions))
            .Concat(Missing(connections.GetProperty("stores"), typeof(ConnectionOptions)))
            .Should()
            .BeEmpty();
        options
            .Connections.Values.Select(connection => connection.Source)
            .Should()
            .BeEquivalentTo(EventSources.All.Definitions, "each source has an example");
        foreach (var (name, connection) in options.Connections)
        {
            var defaults = connection.Source!.CreateOptions();
            connection
                .SourceOptions.Should()
                .BeEquivalentTo(defaults, settings =>
                    settings
                        .RespectingRuntimeTypes()
                        .Excluding(setting => setting.Path == "Events" || setting.Path == "EventsToIds")
                );
            Missing(connections.GetProperty(name).GetProperty(connection.Source.Name), defaults.GetType())
                .Should()
                .BeEmpty();
        }
    }

    [Fact]
    public void The_Development_settings_hold_a_valid_demo_connection_for_each_source()
    {
        var (options, problems) = Read(["--config", Shipped("appsettings.Development.json")], "Development");

        problems.Should().BeEmpty();
        options
            .Connections.Keys.Should()
            .BeEquivalentTo("demo-mparticle", "demo-segment", "demo-rudderstack", "demo-commandersact");
        options.Sandbox.Enabled.Should().BeTrue();
    }

    [Fact]
    public async Task A_wrong_setting_stops_the_process_with_code_1_and_no_stack_trace()
    {
        var file = Write("wrong.json", $"{{ \"Graph\": {{ \"Timeout\": \"soon\" }}, {Shop} }}");
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "--config", file])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = _folder.FullName,
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

    private IEnumerable<string> Problems(string settings, string environment = "Production") =>
        Read(["--config", Write($"{Guid.NewGuid():N}.json", $"{{ {settings} }}")], environment)
            .Problems.Select(problem => problem.ToString());

    private OptionsReading Read(string[] args, string environment = "Production") =>
        WebApplication
            .CreateBuilder(
                new WebApplicationOptions
                {
                    Args = args,
                    EnvironmentName = environment,
                    ContentRootPath = _folder.FullName,
                }
            )
            .ReadServiceOptions(args, VendorProtocols.All);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static string Shipped(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OfflineConversions.sln")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine(folder.FullName, "src", "OfflineConversions.Server", name);
    }

    /// <summary>The example connection stands in comments.</summary>
    private static string Uncommented(string settings) =>
        string.Join(
            '\n',
            settings
                .Split('\n')
                .Select(line =>
                    line.StartsWith("    // ", StringComparison.Ordinal)
                        ? line.Replace("    // ", "    ", StringComparison.Ordinal)
                        : line
                )
        );

    private static IEnumerable<string> Missing(JsonElement section, Type options) =>
        options
            .GetProperties()
            .Where(property => property.CanWrite && property.Name != nameof(ConnectionOptions.SourceOptions))
            .SelectMany(property =>
                !section.TryGetProperty(property.Name, out var value) ? [$"{options.Name}.{property.Name}"]
                : property.PropertyType.Namespace!.StartsWith("OfflineConversions", StringComparison.Ordinal)
                && property.PropertyType.IsClass
                    ? Missing(value, property.PropertyType)
                : []
            );
}
