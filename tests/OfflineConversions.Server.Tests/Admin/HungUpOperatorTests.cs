using System.Net.Http.Headers;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>What an operator has asked for is done and recorded, although the operator hangs up meanwhile.</summary>
public sealed class HungUpOperatorTests
{
    [Theory]
    [InlineData("/api/failed/replay", """{"all":true}""", "replay")]
    [InlineData("/api/failed/discard", """{"all":true}""", "discard")]
    [InlineData("/api/connections/seg/pause", "", "pause")]
    [InlineData("/api/connections/seg/resume", "", "resume")]
    [InlineData("/api/erasure", """{"email":"zoe@example.com"}""", "erase")]
    [InlineData("/api/recovery/acknowledge", "", "acknowledge_recovery")]
    public async Task An_action_is_finished_and_recorded_as_done_although_its_caller_is_gone(
        string path,
        string body,
        string action
    )
    {
        var disk = new TaskCompletionSource();
        await using var service = await ServiceUnderTest.StartAsync(
            $"\"Admin\": {{ \"ApiKey\": \"the-operators-key\" }}, {ServiceUnderTest.FourSources}"
        );
        service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "the-operators-key");
        service.Outbox.Writable = disk.Task;
        using var caller = new CancellationTokenSource();
        var asking = service.Http.PostAsync(path, new StringContent(body), caller.Token);
        await Wait.UntilAsync(() => service.Outbox.Waiting == 1);

        await caller.CancelAsync();
        await FluentActions.Awaiting(() => asking).Should().ThrowAsync<OperationCanceledException>();
        await Task.Delay(TimeSpan.FromMilliseconds(200)); // the service has noticed by then
        disk.SetResult();

        await Wait.UntilAsync(async () =>
            (await MetricsAsync(service)).Contains(Series(action, "done", 1), StringComparison.Ordinal)
        );
        (await MetricsAsync(service)).Should().Contain(Series(action, "failed", 0));
        service.Outbox.Written.Should().ContainSingle();
    }

    private static Task<string> MetricsAsync(ServiceUnderTest service) => service.Http.GetStringAsync("/metrics");

    private static string Series(string action, string result, int value) =>
        $$"""offlineconversions_audit_events_total{action="{{action}}",result="{{result}}"} {{value}}""";
}
