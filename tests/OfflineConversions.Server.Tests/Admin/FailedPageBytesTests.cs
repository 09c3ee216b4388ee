using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tests.Ingestion;
using OfflineConversions.Server.Tests.Targets.Meta;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>A page of the failed list is bounded in bytes.</summary>
public sealed class FailedPageBytesTests : OperatorRoutes
{
    [Fact]
    public async Task Pages_of_large_events_end_early_and_continue_exactly()
    {
        Graph.Otherwise = _ => Scripted.Error(100, 2804009);
        var sizes = new[] { 10, 1_500_000, 1_500_000, 1_500_000, 1_500_000, 1_500_000, 1_500_000, 1_500_000, 10 };
        foreach (var (index, size) in sizes.Index())
        {
            await FailAsync(index, new string('n', size));
        }

        var pages = await PagesAsync(Service, "/api/failed?limit=1000");

        pages.SelectMany(page => page.Ids).Should().Equal(Enumerable.Range(0, sizes.Length).Reverse());
        pages.Should().HaveCount(2).And.OnlyContain(page => page.Bytes <= FailedList.MostBytes);
        (await PagesAsync(Service, "/api/failed?limit=5"))
            .SelectMany(page => page.Ids)
            .Should()
            .Equal(Enumerable.Range(0, sizes.Length).Reverse());
    }

    [Theory]
    [InlineData(new[] { 1, 9, 1 }, new[] { 1, 1, 1 })]
    [InlineData(new[] { 9, 9 }, new[] { 1, 1 })]
    [InlineData(new[] { 9 }, new[] { 1 })]
    [InlineData(new[] { 3, 4, 2, 1, 1 }, new[] { 2, 3 })]
    [InlineData(new[] { 4, 3, 9 }, new[] { 2, 1 })]
    public async Task An_event_that_is_larger_than_a_page_is_a_page_on_its_own(int[] megabytes, int[] expected)
    {
        await using var service = await ServiceUnderTest.StartAsync(environment: "Development");
        foreach (var (index, size) in megabytes.Index())
        {
            var payload = $$"""{"event_id":"{{megabytes.Length - index}}","note":"{{new string('n', size << 20)}}"}""";
            service.Outbox.Failed.Add(
                new FailedEvent(
                    megabytes.Length - index,
                    new Destination("seg", MetaApi.ConversionsApi, "1", null),
                    DateTimeOffset.UnixEpoch,
                    1,
                    new Burial(0, "refused_by_meta"),
                    Encoding.UTF8.GetBytes(payload)
                )
            );
        }

        var pages = await PagesAsync(service, "/api/failed");

        pages.SelectMany(page => page.Ids).Should().Equal(Enumerable.Range(1, megabytes.Length).Reverse());
        pages.Where(page => page.Ids.Length > 0).Select(page => page.Ids.Length).Should().Equal(expected);
    }

    private async Task FailAsync(int number, string note)
    {
        var sale = OddEvents.Event(SourceName.Segment, note: $"\"{note}\"");
        var id = JsonElement.Parse(sale).GetProperty("messageId").GetString()!;
        using var response = await Service.PostAsync(
            "/segment/v1/track",
            sale.Replace(id, number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal),
            "seg-key-1"
        );
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        await Wait.UntilAsync(async () =>
            (await Service.GetJsonAsync("/api/ledger"))[0].GetProperty("failed").GetInt32() == number + 1
        );
    }

    private static async Task<List<Page>> PagesAsync(ServiceUnderTest service, string path)
    {
        var pages = new List<Page>();
        var next = path;
        while (next is not null)
        {
            using var response = await service.Http.GetAsync(next);
            response.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
            var body = await response.Content.ReadAsByteArrayAsync();
            pages.Add(
                new Page(
                    [
                        .. JsonElement
                            .Parse(body)
                            .EnumerateArray()
                            .Select(one =>
                                int.Parse(one.GetProperty("eventId").GetString()!, CultureInfo.InvariantCulture)
                            ),
                    ],
                    body.Length
                )
            );
            next = response.Headers.TryGetValues("Link", out var link) ? link.Single().Split('<', '>')[1] : null;
        }

        return pages;
    }

    private sealed record Page(int[] Ids, int Bytes);
}
