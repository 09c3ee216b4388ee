using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Bodies;

namespace OfflineConversions.Server.Tests.Ingestion;

/// <summary>What a body costs is bounded by its events, not only by its bytes.</summary>
public sealed class CostTests
{
    private const string FewRequests =
        "\"Ingestion\": { \"RateLimit\": { \"RequestsPerSecond\": 1, \"Burst\": 600 } }, "
        + ServiceUnderTest.FourSources;

    public static TheoryData<string, string> Junk()
    {
        var rows = new TheoryData<string, string>();
        foreach (var source in SourceName.All)
        {
            rows.Add(source, "{}");
            rows.Add(source, "0");
            rows.Add(source, "[]");
            rows.Add(source, "null");
            rows.Add(source, "{\"type\":1}");
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Junk))]
    public async Task The_events_of_a_body_count_against_the_rate_limit_of_its_key_and_of_no_other(
        string source,
        string junk
    )
    {
        await using var service = await ServiceUnderTest.StartAsync(FewRequests);
        var body = OddEvents.Batch(source, Enumerable.Repeat(junk, 10_000));

        (await PostAsync(service, source, body)).Should().Be(HttpStatusCode.OK, "500 requests' worth of 600");
        (await PostAsync(service, source, body)).Should().Be(HttpStatusCode.OK, "the rest of the bucket, and a debt");
        (await PostAsync(service, source, "[]")).Should().Be(HttpStatusCode.TooManyRequests);

        foreach (var other in SourceName.All.Where(other => other != source))
        {
            (await PostAsync(service, other, OddEvents.Batch(other, OddEvents.Event(other))))
                .Should()
                .Be(HttpStatusCode.OK);
        }
    }

    [Theory]
    [MemberData(nameof(Junk))]
    public async Task A_small_body_with_many_events_is_mapped_on_the_threads_for_large_bodies(
        string source,
        string junk
    )
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var large = service.Services.GetRequiredService<LargeBodies>();

        await PostAsync(service, source, OddEvents.Batch(source, Enumerable.Repeat(junk, LargeBodies.Events)));
        large.Done.Should().Be(0);
        await PostAsync(service, source, OddEvents.Batch(source, Enumerable.Repeat(junk, LargeBodies.Events + 1)));
        large.Done.Should().Be(1);
    }

    [Fact]
    public async Task A_small_body_whose_events_share_much_is_mapped_on_the_threads_for_large_bodies()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var note = new string('n', 50_000);

        await service.PostAsync(
            "/segment/v1/batch",
            $$"""{"context":{"note":"{{note}}"},"batch":[{},{},{},{},{},{}]}""",
            "seg-key-1"
        );

        service.Services.GetRequiredService<LargeBodies>().Done.Should().Be(1);
    }

    [Fact]
    public async Task A_preview_of_many_events_is_mapped_on_the_threads_for_large_bodies()
    {
        await using var service = await ServiceUnderTest.StartAsync(environment: "Development");
        var body = OddEvents.Batch(SourceName.Segment, Enumerable.Repeat("{}", LargeBodies.Events + 1));

        using var response = await service.PostAsync(
            "/api/preview",
            $$"""{"connection":"seg","body":{{body}}}""",
            key: null
        );

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        service.Services.GetRequiredService<LargeBodies>().Done.Should().Be(1);
    }

    [Fact]
    public async Task A_key_in_the_body_and_a_request_that_starts_again_are_counted_once()
    {
        await using var service = await ServiceUnderTest.StartAsync(
            "\"Ingestion\": { \"RateLimit\": { \"RequestsPerSecond\": 1, \"Burst\": 14 } }, "
                + ServiceUnderTest.FourSources
        );
        var junk = string.Join(',', Enumerable.Repeat("{}", LargeBodies.Events + 1));
        var body = $$"""{"writeKey":"seg-key-1","batch":[{{junk}}]}""";

        using var first = await service.PostAsync("/segment/v1/batch", body, key: null);
        using var second = await service.PostAsync("/segment/v1/batch", "{}", "seg-key-1");

        first.StatusCode.Should().Be(HttpStatusCode.OK);
        second.StatusCode.Should().Be(HttpStatusCode.OK, "the body cost 13 of 14");
    }

    [Fact]
    public async Task Thousands_of_events_with_one_outcome_are_one_measurement_of_each_metric()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var measured = new ConcurrentQueue<(string Metric, long Value)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, service.Services.GetRequiredService<IMeterFactory>()))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, _, _) => measured.Enqueue((instrument.Name, value))
        );
        listener.Start();
        var junk = """{"type":"track","event":"Coffee Brewed","messageId":"m"}""";

        await PostAsync(
            service,
            SourceName.Segment,
            OddEvents.Batch(SourceName.Segment, Enumerable.Repeat(junk, 5_000))
        );

        measured
            .Where(one => one.Metric.StartsWith("offlineconversions.event", StringComparison.Ordinal))
            .Should()
            .BeEquivalentTo([("offlineconversions.events", 5_000L), ("offlineconversions.events.unmapped", 5_000L)]);
    }

    private static async Task<HttpStatusCode> PostAsync(ServiceUnderTest service, string source, string body)
    {
        var (path, key) = OddEvents.Of(source);
        using var response = await service.PostAsync(path, new StringContent(body, Encoding.UTF8), key);
        return response.StatusCode == HttpStatusCode.Accepted ? HttpStatusCode.OK : response.StatusCode;
    }
}
