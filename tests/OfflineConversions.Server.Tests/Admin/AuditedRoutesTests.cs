using System.Net;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>Every action of the operator is in the audit metric.</summary>
public sealed class AuditedRoutesTests : OperatorRoutes
{
    [Fact]
    public async Task Every_series_exists_from_the_start()
    {
        var metrics = await MetricsAsync();

        foreach (
            var action in new[] { "pause", "resume", "replay", "discard", "redirect", "erase", "acknowledge_recovery" }
        )
        {
            metrics.Should().Contain(Series(action, "done", 0)).And.Contain(Series(action, "failed", 0));
        }

        metrics.Should().Contain(Series("wrong_key", "refused", 0)).And.Contain(Series("wrong_key", "limited", 0));
    }

    [Fact]
    public async Task Every_action_is_counted_and_a_dry_run_and_a_preview_are_not()
    {
        Graph.Otherwise = _ => Scripted.Error(100, 2804009);
        await SellAsync();
        await Wait.UntilAsync(async () =>
            (await MetricsAsync()).Contains(
                """offlineconversions_failed_events{connection="seg"} 1""",
                StringComparison.Ordinal
            )
        );

        (await PostAsync("/api/connections/seg/pause")).Status.Should().Be(HttpStatusCode.OK);
        (await PostAsync("/api/connections/seg/resume")).Status.Should().Be(HttpStatusCode.OK);
        (await PostAsync("/api/failed/replay", """{"all":true,"dryRun":true}""")).Status.Should().Be(HttpStatusCode.OK);
        (await PostAsync("/api/failed/discard", """{"all":true}""")).Status.Should().Be(HttpStatusCode.OK);
        (await PostAsync("/api/failed/replay", """{"all":true}""")).Status.Should().Be(HttpStatusCode.OK);
        const string redirect = """ "connection":"seg","fromDatasetId":"2","toDatasetId":"22" """;
        (await PostAsync("/api/pending/redirect", $"{{{redirect},\"dryRun\":true}}"))
            .Status.Should()
            .Be(HttpStatusCode.OK);
        (await PostAsync("/api/pending/redirect", $"{{{redirect}}}")).Status.Should().Be(HttpStatusCode.OK);
        (await PostAsync("/api/erasure", """{"email":"jane@example.com"}""")).Status.Should().Be(HttpStatusCode.OK);
        (await PostAsync("/api/connections/none/pause")).Status.Should().Be(HttpStatusCode.NotFound);

        var metrics = await MetricsAsync();
        foreach (var action in new[] { "pause", "resume", "replay", "discard", "redirect", "erase" })
        {
            metrics.Should().Contain(Series(action, "done", 1)).And.Contain(Series(action, "failed", 0));
        }
    }

    private static string Series(string action, string result, int value) =>
        $$"""offlineconversions_audit_events_total{action="{{action}}",result="{{result}}"} {{value}}""";
}
