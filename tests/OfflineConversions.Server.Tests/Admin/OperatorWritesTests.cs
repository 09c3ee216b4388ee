using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Tests.Delivery;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Admin;

public sealed class OperatorWritesTests
{
    [Fact]
    public async Task While_the_disk_is_full_an_operator_is_told_so_and_what_was_asked_for_is_done_later()
    {
        var disk = new TaskCompletionSource();
        await using var service = await ServiceUnderTest.StartAsync(
            $"\"Admin\": {{ \"ApiKey\": \"the-operators-key\" }}, {ServiceUnderTest.FourSources}"
        );
        service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "the-operators-key");
        (service.Outbox.UnavailableFor, service.Outbox.Writable) = (TimeSpan.FromSeconds(5), disk.Task);

        var answers = await Task.WhenAll(
            PostAsync(service, "/api/erasure", """{"email":"zoe@example.com"}"""),
            PostAsync(service, "/api/connections/seg/pause"),
            PostAsync(service, "/api/connections/rud/resume"),
            PostAsync(service, "/api/failed/replay", """{"all":true}"""),
            PostAsync(service, "/api/failed/discard", """{"all":true}"""),
            PostAsync(
                service,
                "/api/pending/redirect",
                """{"connection":"seg","fromDatasetId":"2","toDatasetId":"3"}"""
            ),
            PostAsync(service, "/api/pending/discard", """{"connection":"seg","datasetId":"2"}""")
        );

        answers
            .Should()
            .OnlyContain(answer =>
                answer.StatusCode == HttpStatusCode.ServiceUnavailable
                && answer.Content.Headers.ContentType!.MediaType == "application/problem+json"
            );
        answers
            .Select(answer => answer.Headers.GetValues("Retry-After").Single())
            .Should()
            .OnlyContain(wait => wait == "10");
        (await answers[0].Content.ReadAsStringAsync())
            .Should()
            .Contain("cannot be written just now")
            .And.Contain("The disk is full.")
            .And.Contain("may still be carried out")
            .And.NotContain("zoe");
        service.Outbox.Written.Should().BeEmpty();
        disk.SetResult();
        await Wait.UntilAsync(() => service.Outbox.Written.Count == 7);
        service
            .Outbox.Written.Should()
            .BeEquivalentTo("Erase", "Pause", "Resume", "Replay", "Discard", "Redirect", "Discard pending");
    }

    [Theory]
    [InlineData("/api/pending/redirect", "\"fromDatasetId\":\"2\",\"toDatasetId\":\"3\"", "redirect")]
    [InlineData("/api/pending/discard", "\"datasetId\":\"2\"", "discard")]
    [InlineData("/api/failed/replay", "\"toDatasetId\":\"3\"", "replay")]
    public async Task What_has_begun_is_finished_and_recorded_although_the_operator_hangs_up(
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
        using var hangUp = new CancellationTokenSource();
        using var request = new StringContent($"{{\"connection\":\"seg\",{body}}}");
        var asked = service.Http.PostAsync(path, request, hangUp.Token);
        await Wait.UntilAsync(() => Task.FromResult(service.Outbox.Waiting > 0));

        await hangUp.CancelAsync();
        await FluentActions.Awaiting(() => asked).Should().ThrowAsync<OperationCanceledException>();
        disk.SetResult();

        await Wait.UntilAsync(async () =>
            (await service.Http.GetStringAsync("/metrics")).Contains(
                $$"""offlineconversions_audit_events_total{action="{{action}}",result="done"} 1""",
                StringComparison.Ordinal
            )
        );
        service.Outbox.Written.Should().ContainSingle();
    }

    [Fact]
    public async Task A_healthy_outbox_is_waited_for_however_much_there_is_to_do()
    {
        await using var outbox = new RememberedOutbox();
        var (time, writing, context) = (
            new JumpingTime(),
            new TaskCompletionSource<IResult>(),
            new DefaultHttpContext()
        );
        var answer = new OperatorWrites(outbox, time).RespondAsync(context, writing.Task);
        for (var i = 0; i < 3; i++)
        {
            var now = time.GetUtcNow();
            await Wait.UntilAsync(() =>
            {
                time.JumpToNextTimer();
                return time.GetUtcNow() > now;
            });
        }

        answer.IsCompleted.Should().BeFalse();
        writing.SetResult(Results.NoContent());
        (await answer).Should().BeSameAs(await writing.Task);
        context.Response.Headers.RetryAfter.Should().BeEmpty();
    }

    private static Task<HttpResponseMessage> PostAsync(ServiceUnderTest service, string path, string body = "") =>
        service.Http.PostAsync(path, new StringContent(body));
}
