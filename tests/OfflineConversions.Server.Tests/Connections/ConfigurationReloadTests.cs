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

namespace OfflineConversions.Server.Tests.Connections;

/// <summary>Files that change under a running process. Time is simulated, the files are real.</summary>
public sealed class ConfigurationReloadTests : IAsyncLifetime, IDisposable
{
    private const string Shop = """
        "Admin": { "ApiKey": "the-operators-key" },
        "Outbox": { "Path": "one.db" },
        "Connections": {
          "stores": { "Source": "Segment", "WriteKeys": ["stores-key", "old-stores-key"], "AccessToken": "t0ken", "BatchSize": 1000 },
          "shop": { "Source": "Segment", "WriteKeys": ["shop-key-1"], "AccessToken": "t0ken" },
          "gone": { "Source": "Segment", "WriteKeys": ["gone-key-1"], "AccessToken": "t0ken" }
        }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly JumpingTime _time = new();
    private readonly Lines _log = new();
    private ConfigurationReload? _reload;
    private ConnectionRegistry _registry = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_reload is not null)
        {
            await _reload.StopAsync(CancellationToken.None);
            _reload.Dispose();
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_valid_change_is_put_to_work_at_once_and_told_without_its_secrets()
    {
        await StartAsync(Shop);
        var before = _registry.Current;

        await ChangeAsync(
            """
            "Admin": { "ApiKey": "another-operators-key" },
            "Outbox": { "Path": "two.db" },
            "Connections": {
              "stores": { "Source": "Segment", "WriteKeys": ["stores-key"], "AccessToken": "mended", "BatchSize": 500 },
              "shop": { "Source": "Segment", "WriteKeys": ["shop-key-1", "shop-key-2"], "AccessToken": "t0ken" },
              "fresh": { "Source": "RudderStack", "WriteKeys": ["fresh-key"], "AccessToken": "t0ken" }
            }
            """
        );

        var after = _registry.Current;
        after.Connections.Select(connection => connection.Name).Should().Equal("fresh", "shop", "stores");
        after.Find("stores")!.Options.BatchSize.Should().Be(500);
        after.Find("stores")!.Options.AccessToken!.Reveal().Should().Be("mended");
        after.Find("shop").Should().BeSameAs(before.Find("shop"), "a further key does not concern its deliveries");
        after.Keys.Find("shop-key-2")!.Connection.Name.Should().Be("shop");
        after.Keys.Find("old-stores-key").Should().BeNull();
        after.Keys.Find("gone-key-1").Should().BeNull();
        after.OperatorKey!.Matches(new KeyDigest("another-operators-key")).Should().BeTrue();
        before
            .Keys.Find("gone-key-1")!
            .Connection.Name.Should()
            .Be("gone", "who has begun with the old settings ends with them");

        _log.All.Should()
            .Equal(
                (
                    LogLevel.Information,
                    "Applied the changed configuration: Admin:ApiKey: *** → ***; Connections:fresh added; Connections:gone removed; "
                        + "Connections:shop:WriteKeys: *** (1) → *** (2); Connections:stores:AccessToken: *** → ***; Connections:stores:BatchSize: 1000 → 500; Connections:stores:WriteKeys: *** (2) → *** (1)"
                ),
                (LogLevel.Warning, "These settings changed and need a restart: Outbox:Path: one.db → two.db")
            );
    }

    [Fact]
    public async Task An_invalid_change_is_refused_as_a_whole_and_what_was_at_work_stays()
    {
        await StartAsync(Shop);
        var before = _registry.Current;

        await ChangeAsync(
            Shop.Replace("t0ken", "never", StringComparison.Ordinal)
                .Replace("\"BatchSize\": 1000", "\"BatchSize\": 5000", StringComparison.Ordinal)
        );
        await ChangeAsync("\"Connections\": { oops");

        _registry.Current.Should().BeSameAs(before);
        _log.All.Should().OnlyContain(line => line.Level == LogLevel.Error).And.HaveCount(2);
        _log.All[0].Text.Should().EndWith("Connections:stores:BatchSize: 5000 is out of range; allowed are 1 to 1000");
        _log.All[1].Text.Should().Contain("LineNumber").And.NotContain("oops");
    }

    [Fact]
    public async Task A_file_that_is_gone_takes_nothing_with_it()
    {
        const string More =
            """{ "Connections": { "more": { "Source": "Segment", "WriteKeys": ["more-key-1"], "AccessToken": "t0ken", "BatchSize": 1000 } } }""";
        await File.WriteAllTextAsync(_folder.File("appsettings.json"), More);
        await StartAsync(Shop);
        var before = _registry.Current;

        File.Delete(_folder.File("appsettings.json"));
        await LookAsync();

        _registry.Current.Should().BeSameAs(before);
        var (level, text) = _log.All.Should().ContainSingle().Subject;
        level.Should().Be(LogLevel.Error);
        text.Should().Contain("appsettings.json");

        await File.WriteAllTextAsync(
            _folder.File("appsettings.json"),
            More.Replace("1000", "500", StringComparison.Ordinal)
        );
        await LookAsync();
        _registry.Current.Find("more")!.Options.BatchSize.Should().Be(500);
    }

    [Fact]
    public async Task A_mounted_secret_is_exchanged_by_turning_a_link()
    {
        // As Kubernetes mounts a secret: a link in the folder leads through a second link, which alone is turned.
        Mount("v1", "first-key\n");
        File.CreateSymbolicLink(_folder.File("..data"), "v1");
        File.CreateSymbolicLink(_folder.File("keys"), "..data/keys");
        await StartAsync(
            $$""" "Connections": { "stores": { "Source": "Segment", "WriteKeysFile": "{{_folder.File("keys")}}", "AccessToken": "t0ken" } } """
        );

        Mount("v2", "first-key\nsecond-key\n");
        File.Delete(_folder.File("..data"));
        File.CreateSymbolicLink(_folder.File("..data"), "v2");
        await LookAsync();

        _registry.Current.Keys.Find("second-key").Should().NotBeNull();
        _log.All.Should()
            .ContainSingle()
            .Which.Text.Should()
            .EndWith("Connections:stores:WriteKeys: *** (1) → *** (2)");
    }

    [Fact]
    public async Task A_secret_file_that_is_named_before_it_is_there_is_taken_once_it_comes()
    {
        await StartAsync(Shop);

        await ChangeAsync(
            Shop.Replace(
                "\"AccessToken\": \"t0ken\", \"BatchSize\"",
                $"\"AccessTokenFile\": \"{_folder.File("token")}\", \"BatchSize\"",
                StringComparison.Ordinal
            )
        );
        _registry.Find("stores")!.Options.AccessToken!.Reveal().Should().Be("t0ken");
        await File.WriteAllTextAsync(_folder.File("token"), "mended\n");
        await LookAsync();

        _registry.Find("stores")!.Options.AccessToken!.Reveal().Should().Be("mended");
        _log.All.Select(line => line.Level).Should().Equal(LogLevel.Error, LogLevel.Information);
    }

    [Fact]
    public async Task No_path_ends_the_looking_even_one_that_no_file_can_have()
    {
        await StartAsync(Shop);

        await ChangeAsync(Named($"{_folder.File("token")}\\u0000"));
        await ChangeAsync(Named(new string('x', 100_000)));
        await ChangeAsync(
            Shop.Replace(
                "\"AccessToken\": \"t0ken\", \"BatchSize\"",
                "\"AccessToken\": \"mended\", \"BatchSize\"",
                StringComparison.Ordinal
            )
        );

        _registry.Find("stores")!.Options.AccessToken!.Reveal().Should().Be("mended");
        _log.All.Select(line => line.Level).Should().Equal(LogLevel.Error, LogLevel.Error, LogLevel.Information);
    }

    [PosixFact]
    public async Task A_pipe_a_device_and_a_file_without_end_are_refused_unread()
    {
        await StartAsync(Shop);
        using (var made = Process.Start("mkfifo", _folder.File("pipe")))
        {
            await made.WaitForExitAsync();
        }

        await using (var endless = File.Create(_folder.File("endless")))
        {
            endless.SetLength(1L << 35);
        }

        await ChangeAsync(Named(_folder.File("pipe")));
        await ChangeAsync(Named("/dev/zero"));
        await ChangeAsync(Named(_folder.File("endless")));
        File.Delete(_folder.File("settings.json"));
        File.CreateSymbolicLink(_folder.File("settings.json"), _folder.File("endless"));
        await LookAsync();
        File.Delete(_folder.File("settings.json"));
        File.CreateSymbolicLink(_folder.File("settings.json"), "/dev/zero");
        await LookAsync();

        _registry.Find("stores")!.Options.AccessToken!.Reveal().Should().Be("t0ken");
        _log.All.Should().OnlyContain(line => line.Level == LogLevel.Error).And.HaveCount(5);
        _log.All[0].Text.Should().EndWith($"names {_folder.File("pipe")}, which is empty, or not a regular file");
        _log.All[1].Text.Should().EndWith("names /dev/zero, which is empty, or not a regular file");
        _log.All[2].Text.Should().EndWith($"names {_folder.File("endless")}, which is larger than 64 KiB");
        _log.All[3].Text.Should().EndWith($"{_folder.File("settings.json")} is larger than 16384 KiB");
        _log.All[4].Text.Should().EndWith($"{_folder.File("settings.json")} is empty, or not a regular file");
    }

    [Fact]
    public async Task A_key_that_stays_keeps_its_bucket_under_the_same_limit_and_gets_a_new_one_under_another()
    {
        const string limit = "\"Ingestion\": { \"RateLimit\": { \"RequestsPerSecond\": 1, \"Burst\": 1 } }, ";
        await StartAsync(limit + Shop);
        _registry.Current.Keys.Find("stores-key")!.TryTake(out _).Should().BeTrue();

        await ChangeAsync(limit + Shop.Replace("\"old-stores-key\"", "\"new-stores-key\"", StringComparison.Ordinal));
        var same = _registry.Current.Keys.Find("stores-key")!;
        await ChangeAsync(limit.Replace("\"Burst\": 1", "\"Burst\": 2", StringComparison.Ordinal) + Shop);
        var fresh = _registry.Current.Keys.Find("stores-key")!;

        // A second of real time would fill the bucket by one.
        Enumerable.Range(0, 3).Count(_ => same.TryTake(out var _)).Should().BeLessThan(3);
        fresh.TryTake(out _).Should().BeTrue();
    }

    private static string Named(string tokenFile) =>
        Shop.Replace(
            "\"AccessToken\": \"t0ken\", \"BatchSize\"",
            $"\"AccessTokenFile\": \"{tokenFile}\", \"BatchSize\"",
            StringComparison.Ordinal
        );

    private void Mount(string version, string keys)
    {
        Directory.CreateDirectory(_folder.File(version));
        File.WriteAllText(Path.Combine(_folder.File(version), "keys"), keys);
    }

    private async Task StartAsync(string settings)
    {
        string[] args = ["--config", await WriteAsync(settings)];
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = args,
                EnvironmentName = "Production",
                ContentRootPath = _folder.Path,
            }
        );
        var (options, problems) = builder.ReadServiceOptions(args, VendorProtocols.All);
        problems.Should().BeEmpty();
        var files = ConfigurationFiles.Of(builder, options, VendorProtocols.All);
        _registry = new ConnectionRegistry(RuntimeSettings.From(options));
        _reload = new ConfigurationReload(files, _registry, _time, _log);
        await _reload.StartAsync(CancellationToken.None);
    }

    private async Task ChangeAsync(string settings)
    {
        await WriteAsync(settings);
        await LookAsync();
    }

    private async Task<string> WriteAsync(string settings)
    {
        await File.WriteAllTextAsync(_folder.File("settings.json"), $"{{ {settings} }}");
        return _folder.File("settings.json");
    }

    /// <summary>Lets time pass until the change was seen and told of.</summary>
    private async Task LookAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var lines = _log.All.Count;
        while (_log.All.Count == lines)
        {
            _time.JumpToNextTimer();
            await Task.Delay(5, patience.Token);
        }

        await Task.Delay(20, patience.Token); // The last of several lines.
    }

    private sealed class Lines : ILogger<ConfigurationReload>
    {
        private readonly ConcurrentQueue<(LogLevel Level, string Text)> _all = new();

        public IReadOnlyList<(LogLevel Level, string Text)> All => [.. _all];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => _all.Enqueue((logLevel, formatter(state, exception) + exception));
    }
}
