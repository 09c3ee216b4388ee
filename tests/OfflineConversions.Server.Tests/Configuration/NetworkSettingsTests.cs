using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Tests.Configuration;

/// <summary>Addresses, proxies, and the limits of bodies.</summary>
public sealed class NetworkSettingsTests : ConfigurationUnderTest
{
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
                $$"""
                "Graph": { "BaseAddress": "{{address}}",
                  "AllowedHosts": [{{(allowed.Length == 0 ? "" : $"\"{allowed}\"")}}] }, {{Shop}}
                """
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
}
