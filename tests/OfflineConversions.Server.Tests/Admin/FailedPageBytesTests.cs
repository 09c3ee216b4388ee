using System.Globalization;
using System.Net;
using System.Text.Json;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Tests.Ingestion;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>A page of the failed list is bounded in bytes.</summary>
public sealed class FailedPageBytesTests : OperatorRoutes
{
    [Fact]
    public async Task Pages_of_large_events_end_early_and_continue_exactly_and_an_event_that_is_larger_is_alone()
    {
        Graph.Otherwise = _ => Scripted.Error(100, 2804009);
        var sizes = new[] { 10, 1_500_000, 1_500_000, 1_500_000, 1_500_000, 1_500_000, 1_500_000, 1_500_000, 10 };
        foreach (var (index, size) in sizes.Index())
        {
            await FailAsync(index, new string('n', size));
        }

        // Its escapes make it four times as long in the response.
        await FailAsync(sizes.Length, new string('\u00e9', 1_900_000));
        await FailAsync(sizes.Length + 1, "n");
        await FailAsync(sizes.Length + 2, "n");

        var pages = await PagesAsync("/api/failed?limit=1000");

        pages.SelectMany(page => page.Ids).Should().Equal(Enumerable.Range(0, sizes.Length + 3).Reverse());
        pages.Should().Contain(page => page.Ids.Length == 1 && page.Bytes > FailedList.MostBytes);
        pages.Where(page => page.Ids.Length > 1).Should().OnlyContain(page => page.Bytes <= FailedList.MostBytes);
        pages.Count.Should().BeInRange(4, 6);
        (await PagesAsync("/api/failed?limit=5")).SelectMany(page => page.Ids).Should().HaveCount(sizes.Length + 3);
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

    private async Task<List<Page>> PagesAsync(string path)
    {
        var pages = new List<Page>();
        var next = path;
        while (next is not null)
        {
            using var response = await Service.Http.GetAsync(next);
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
