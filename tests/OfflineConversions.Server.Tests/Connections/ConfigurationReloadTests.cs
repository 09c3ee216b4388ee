using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Secrets;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Tests.Acceptance;
using OfflineConversions.Server.Tests.Delivery;
using OfflineConversions.Server.Tests.Outbox;
using OfflineConversions.Server.Tests.Telemetry;

namespace OfflineConversions.Server.Tests.Connections;

public sealed class ConfigurationReloadTests : ChangingConfiguration
{
    [Fact]
    public async Task A_valid_change_is_put_to_work_at_once_and_told_without_its_secrets()
    {
        await StartAsync(Shop);
        var before = Registry.Current;

        await ChangeAsync(
            """
            "Admin": { "ApiKey": "another-operators-key" },
            "Outbox": { "Path": "two.db" },
            "Connections": {
              "stores": { "Source": "Segment", "WriteKeys": ["stores-key"], "AccessToken": "fixed", "BatchSize": 500 },
              "shop": { "Source": "Segment", "WriteKeys": ["shop-key-1", "shop-key-2"], "AccessToken": "t0ken" },
              "fresh": { "Source": "RudderStack", "WriteKeys": ["fresh-key"], "AccessToken": "t0ken" }
            }
            """
        );

        var after = Registry.Current;
        after.Connections.Select(connection => connection.Name).Should().Equal("fresh", "shop", "stores");
        after.Find("stores")!.Options.BatchSize.Should().Be(500);
        after.Find("stores")!.Options.AccessToken!.Reveal().Should().Be("fixed");
        after.Find("shop").Should().BeSameAs(before.Find("shop"), "a further key does not concern its deliveries");
        after.Keys.Find("shop-key-2")!.Connection.Name.Should().Be("shop");
        after.Keys.Find("old-stores-key").Should().BeNull();
        after.Keys.Find("gone-key-1").Should().BeNull();
        after.OperatorKey!.Matches(new KeyDigest("another-operators-key")).Should().BeTrue();
        before
            .Keys.Find("gone-key-1")!
            .Connection.Name.Should()
            .Be("gone", "who has begun with the old settings ends with them");

        Log.Lines.Should()
            .Equal(
                new LogLine(
                    LogLevel.Information,
                    "Applied the changed configuration: Admin:ApiKey: *** → ***; Connections:fresh added; "
                        + "Connections:gone removed; Connections:shop:WriteKeys: *** (1) → *** (2); "
                        + "Connections:stores:AccessToken: *** → ***; Connections:stores:BatchSize: 1000 → 500; "
                        + "Connections:stores:WriteKeys: *** (2) → *** (1)"
                ),
                new LogLine(LogLevel.Warning, "These settings changed and need a restart: Outbox:Path: one.db → two.db")
            );
    }

    [Fact]
    public async Task An_invalid_change_is_refused_as_a_whole_and_what_was_at_work_stays()
    {
        await StartAsync(Shop);
        var before = Registry.Current;

        await ChangeAsync(
            Shop.Replace("t0ken", "never", StringComparison.Ordinal)
                .Replace("\"BatchSize\": 1000", "\"BatchSize\": 5000", StringComparison.Ordinal)
        );
        await ChangeAsync("\"Connections\": { oops");

        Registry.Current.Should().BeSameAs(before);
        Log.Lines.Should().OnlyContain(line => line.Level == LogLevel.Error).And.HaveCount(2);
        Log.Lines[0].Text.Should().EndWith("Connections:stores:BatchSize: 5000 is out of range; allowed are 1 to 1000");
        Log.Lines[1].Text.Should().Contain("LineNumber").And.NotContain("oops");
    }

    [Fact]
    public async Task A_file_that_is_gone_takes_nothing_with_it()
    {
        const string More = """
            { "Connections": { "more": { "Source": "Segment", "WriteKeys": ["more-key-1"],
              "AccessToken": "t0ken", "BatchSize": 1000 } } }
            """;
        await File.WriteAllTextAsync(Folder.File("appsettings.json"), More);
        await StartAsync(Shop);
        var before = Registry.Current;

        File.Delete(Folder.File("appsettings.json"));
        await LookAsync();

        Registry.Current.Should().BeSameAs(before);
        var (level, text) = Log.Lines.Should().ContainSingle().Subject;
        level.Should().Be(LogLevel.Error);
        text.Should().Contain("appsettings.json");

        await File.WriteAllTextAsync(
            Folder.File("appsettings.json"),
            More.Replace("1000", "500", StringComparison.Ordinal)
        );
        await LookAsync();
        Registry.Current.Find("more")!.Options.BatchSize.Should().Be(500);
    }

    [Fact]
    public async Task A_key_that_stays_keeps_its_bucket_under_the_same_limit_and_gets_a_new_one_under_another()
    {
        const string limit = "\"Ingestion\": { \"RateLimit\": { \"RequestsPerSecond\": 1, \"Burst\": 1 } }, ";
        await StartAsync(limit + Shop);
        Registry.Current.Keys.Find("stores-key")!.TryTake(out _).Should().BeTrue();

        await ChangeAsync(limit + Shop.Replace("\"old-stores-key\"", "\"new-stores-key\"", StringComparison.Ordinal));
        var same = Registry.Current.Keys.Find("stores-key")!;
        await ChangeAsync(limit.Replace("\"Burst\": 1", "\"Burst\": 2", StringComparison.Ordinal) + Shop);
        var fresh = Registry.Current.Keys.Find("stores-key")!;

        // A second of real time would fill the bucket by one.
        Enumerable.Range(0, 3).Count(_ => same.TryTake(out var _)).Should().BeLessThan(3);
        fresh.TryTake(out _).Should().BeTrue();
    }
}
