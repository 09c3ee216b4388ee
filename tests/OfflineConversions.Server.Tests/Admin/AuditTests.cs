using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Tests.Telemetry;
using OfflineConversions.Sources.Segment;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>What the audit trail contains.</summary>
public sealed class AuditTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CategoryLog _log = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Audit _audit;

    private static ServiceOptions Settings =>
        new()
        {
            Connections =
            {
                ["stores"] = new ConnectionOptions { Source = SegmentDefinition.Instance, AccessToken = "t0ken" },
            },
        };

    public AuditTests() =>
        _audit = new Audit(
            _services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(),
            new LoggerFactory([_log]),
            new ConnectionRegistry(RuntimeSettings.From(Settings)),
            _time
        );

    public void Dispose()
    {
        _audit.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task An_action_is_recorded_with_the_address_the_connection_the_events_and_the_result()
    {
        var context = Request("::ffff:203.0.113.7");

        await _audit.RecordAsync(context, AuditAction.Discard, "stores", Task.FromResult(7L), events => events);
        await _audit.RecordAsync(context, AuditAction.Pause, "stores", Task.CompletedTask);
        await _audit.RecordAsync(context, AuditAction.Erase, null, Task.FromResult(2L), events => events);

        _log.Categories.Should().Equal("OfflineConversions.Audit");
        _log.Lines.Select(line => line.Text)
            .Should()
            .Equal(
                "The operator at 203.0.113.7 requested discard for connection stores, 7 events: done",
                "The operator at 203.0.113.7 requested pause for connection stores, 0 events: done",
                "The operator at 203.0.113.7 requested erase for connection (all), 2 events: done"
            );
    }

    [Fact]
    public async Task The_name_of_a_connection_that_is_not_configured_is_not_repeated()
    {
        await _audit.RecordAsync(
            Request("203.0.113.7"),
            AuditAction.Discard,
            "jane@example.com",
            Task.FromResult(0L),
            events => events
        );

        _log.Lines.Single()
            .Text.Should()
            .Be("The operator at 203.0.113.7 requested discard for connection (not configured), 0 events: done");
    }

    [Fact]
    public async Task An_action_that_fails_is_recorded_as_failed()
    {
        var failing = () =>
            _audit.RecordAsync(
                Request("203.0.113.7"),
                AuditAction.Replay,
                "stores",
                Task.FromException<long>(new IOException("disk")),
                events => events
            );

        await failing.Should().ThrowAsync<IOException>();
        _log.Lines.Should()
            .ContainSingle()
            .Which.Text.Should()
            .Be("The operator at 203.0.113.7 requested replay for connection stores, 0 events: failed");
    }

    [Fact]
    public async Task The_address_is_that_of_the_request_even_if_the_action_outlives_it()
    {
        var context = Request("203.0.113.7");
        var work = new TaskCompletionSource<long>();
        var recording = _audit.RecordAsync(context, AuditAction.Discard, "stores", work.Task, events => events);

        context.Connection.RemoteIpAddress = IPAddress.Parse("198.51.100.1");
        work.SetResult(1);
        await recording;

        _log.Lines.Single().Text.Should().Contain("203.0.113.7");
    }

    [Fact]
    public void The_first_wrong_key_is_reported_at_once_and_a_flood_once_a_minute()
    {
        _audit.WrongKey(IPAddress.Parse("203.0.113.1"), isLimited: false);
        _log.Lines.Should().ContainSingle();

        for (var second = 0; second < 600; second++)
        {
            for (var i = 0; i < 100; i++)
            {
                _audit.WrongKey(new IPAddress([10, 0, 0, (byte)(i % 5)]), isLimited: true);
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }

        _log.Lines.Should().HaveCount(11);
        _log.Lines[0]
            .Text.Should()
            .Be("Refused 1 requests with a wrong operator's key from 1 addresses, the last from 203.0.113.1");
        _log.Lines[10]
            .Text.Should()
            .Be("Refused 6000 requests with a wrong operator's key from 5 addresses, the last from 10.0.0.4");
        _time.Advance(TimeSpan.FromHours(1));
        _log.Lines.Should().HaveCount(11);
        _audit.WrongKey(IPAddress.Parse("203.0.113.1"), isLimited: false);
        _log.Lines.Should().HaveCount(12);
    }

    private static DefaultHttpContext Request(string address) =>
        new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(address) } };

    private sealed class CategoryLog : ILoggerProvider
    {
        private readonly CapturedLog _log = new();

        public List<string> Categories { get; } = [];

        public IReadOnlyList<LogLine> Lines => _log.Lines;

        public ILogger CreateLogger(string categoryName)
        {
            Categories.Add(categoryName);
            return _log;
        }

        public void Dispose() => _log.Dispose();
    }
}
