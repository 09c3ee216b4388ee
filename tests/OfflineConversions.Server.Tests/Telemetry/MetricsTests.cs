using System.Security.Cryptography;
using System.Text;
using OfflineConversions.Server.Reasons;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Telemetry;

public sealed class MetricsTests
{
    private static readonly string[] Connections = ["mp", "seg", "rud", "com"];

    [Fact]
    public async Task Every_series_that_can_be_foreseen_is_there_at_0_before_the_first_post()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        var page = await MetricsPage.ReadAsync(service.Http);

        foreach (var connection in Connections)
        {
            Zeros(page, "offlineconversions_events_total", connection, "outcome", ["accepted", "ignored", "rejected"]);
            Zeros(page, "offlineconversions_events_total", connection, "reason", ["", .. Codes(ReasonKind.Rejected)]);
            Zeros(page, "offlineconversions_events_total", connection, "reason", Codes(ReasonKind.Ignored));
            Zeros(page, "offlineconversions_event_warnings_total", connection, "warning", Codes(ReasonKind.Warning));
            Zeros(page, "offlineconversions_events_unmapped_total", connection, "event_name", ["(other)", "(hidden)"]);
            Zeros(
                page,
                "offlineconversions_delivery_events_failed_total",
                connection,
                "reason",
                Codes(ReasonKind.Failed)
            );
            Zeros(page, "offlineconversions_delivery_requests_total", connection, "result", ["http_200", "error_190"]);
            foreach (var name in (string[])["delivered", "retried"])
            {
                Zeros(page, $"offlineconversions_delivery_events_{name}_total", connection, "connection", [connection]);
            }

            foreach (var name in (string[])["connection_halted", "backlog_events", "failed_events"])
            {
                Zeros(page, $"offlineconversions_{name}", connection, "connection", [connection]);
            }
        }

        foreach (var status in (string[])["401", "403", "429", "503"])
        {
            page.Find("offlineconversions_requests_total", ("source", "segment"), ("status", status))
                .Should()
                .ContainSingle()
                .Which.Value.Should()
                .Be(0);
        }
    }

    [Fact]
    public async Task A_first_burst_is_an_increase_of_series_that_were_there_before()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var before = await MetricsPage.ReadAsync(service.Http);

        using var accepted = await service.PostAsync("/v1/track", Sale(), "seg-key-1");
        using var refused = await service.PostAsync("/v1/track", Sale(), "no-such-key");
        using var rejected = await service.PostAsync(
            "/v1/track",
            """{"type":"track","event":"Order Completed"}""",
            "seg-key-1"
        );
        var after = await MetricsPage.ReadAsync(service.Http);

        Counters(after).Except(Counters(before)).Should().BeEmpty("an increase needs an earlier sample");
        after.Sum("offlineconversions_events_total", ("connection", "seg"), ("outcome", "accepted")).Should().Be(1);
        after.Sum("offlineconversions_events_total", ("connection", "seg"), ("outcome", "rejected")).Should().Be(1);
        after.Sum("offlineconversions_requests_total", ("source", "segment"), ("status", "200")).Should().Be(2);
        after.Sum("offlineconversions_requests_total", ("status", "401")).Should().Be(1);
    }

    [Fact]
    public async Task An_added_connection_gets_its_series_without_a_restart_and_a_removed_one_loses_its_state()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var settings = await File.ReadAllTextAsync(service.SettingsFile);

        await File.WriteAllTextAsync(
            service.SettingsFile,
            settings.Replace("\"com\": {", "\"new\": {", StringComparison.Ordinal)
        );

        var page = await MetricsPage.ReadAsync(service.Http);
        await Wait.UntilAsync(async () =>
        {
            page = await MetricsPage.ReadAsync(service.Http);
            return page.Find("offlineconversions_connection_halted", ("connection", "new")).Any();
        });
        Zeros(page, "offlineconversions_events_total", "new", "outcome", ["accepted", "ignored", "rejected"]);
        page.Find("offlineconversions_connection_halted").Should().HaveCount(Connections.Length);
        page.Find("offlineconversions_connection_halted", ("connection", "com")).Should().BeEmpty();
    }

    [Fact]
    public async Task The_last_use_of_each_write_key_is_shown_by_the_start_of_its_digest()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        using var accepted = await service.PostAsync("/v1/track", Sale(), "seg-second");

        var page = await MetricsPage.ReadAsync(service.Http);

        LastUse("seg-second").Should().BeInRange(Now() - 60, Now());
        LastUse("seg-key-1").Should().Be(0);
        (await service.Http.GetStringAsync("/metrics")).Should().NotContain("seg-second");

        double LastUse(string key) =>
            page.Find(
                    "offlineconversions_write_key_last_used_timestamp_seconds",
                    ("connection", "seg"),
                    ("key", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..8])
                )
                .Single()
                .Value;

        static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
    }

    [Fact]
    public async Task The_process_and_the_disk_are_described()
    {
        await using var service = await ServiceUnderTest.StartAsync(onDisk: true);

        var page = await MetricsPage.ReadAsync(service.Http);

        page.Sum("process_start_time_seconds")
            .Should()
            .BeInRange(1e9, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        page.Sum("process_cpu_seconds_total").Should().BePositive();
        page.Sum("process_resident_memory_bytes").Should().BeGreaterThan(10e6);
        page.Sum("process_open_fds").Should().BeInRange(10, page.Sum("process_max_fds"));
        page.Sum("offlineconversions_outbox_disk_free_bytes")
            .Should()
            .BeInRange(1, page.Sum("offlineconversions_outbox_disk_size_bytes"));
        page.Sum("dotnet_gc_heap_total_allocated_bytes_total").Should().BePositive();
    }

    [ProgramFact(Promtool.Name, Promtool.Source)]
    public async Task Promtool_finds_nothing_wrong_with_the_metrics()
    {
        await using var service = await MeasuredService.StartAsync();

        var problem = await Promtool.FindProblemAsync(["check", "metrics"], await service.ReadTextAsync());

        problem.Should().BeNull();
    }

    private static string Sale() => ServiceUnderTest.Sample(SourceName.Segment, "/v1/track");

    private static string[] Codes(ReasonKind kind) =>
        [.. ReasonCatalogue.All.Where(entry => entry.Kind == kind).Select(entry => entry.Code)];

    private static IEnumerable<string> Counters(MetricsPage page) =>
        page
            .Metrics.Where(metric =>
                metric.Kind == "counter" && metric.Name.StartsWith("offline", StringComparison.Ordinal)
            )
            .SelectMany(metric => metric.Series)
            .Select(series => $"{series.Name} {string.Join(' ', series.Labels)}");

    private static void Zeros(MetricsPage page, string name, string connection, string label, string[] values)
    {
        foreach (var value in values)
        {
            page.Find(name, ("connection", connection), (label, value))
                .Should()
                .NotBeEmpty("{0} has {1}={2}", name, label, value)
                .And.OnlyContain(series => series.Value == 0);
        }
    }
}
