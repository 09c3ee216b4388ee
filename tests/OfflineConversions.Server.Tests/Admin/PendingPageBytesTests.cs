using System.Net;
using System.Text.Json;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Tests.Ingestion;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>A page of what waits is bounded in bytes.</summary>
public sealed class PendingPageBytesTests : OperatorRoutes
{
    [Fact]
    public async Task Pages_of_large_events_end_early_and_continue_exactly()
    {
        Graph.Otherwise = _ => Scripted.Error(100, 33);
        var expected = new List<string>();
        foreach (var size in new[] { 10, 1_500_000, 1_500_000, 1_500_000, 1_500_000, 1_500_000, 1_500_000, 10 })
        {
            var sale = OddEvents.Event(SourceName.Segment, note: $"\"{new string('<', size)}\"");
            using var response = await Service.PostAsync("/segment/v1/track", sale, "seg-key-1");
            response.StatusCode.Should().Be(HttpStatusCode.OK);
            expected.Add(JsonElement.Parse(sale).GetProperty("messageId").GetString()!);
        }

        var (found, cursor, pages) = (new List<string>(), "", 0);
        do
        {
            using var response = await Service.Http.GetAsync($"/api/pending?limit=1000{cursor}");
            var body = await response.Content.ReadAsByteArrayAsync();
            var page = JsonElement.Parse(body);
            var items = page.GetProperty("items").EnumerateArray().ToArray();
            (body.Length <= PendingList.MostBytes || items.Length == 1).Should().BeTrue();
            found.AddRange(items.Select(item => item.GetProperty("eventId").GetString()!));
            pages++;
            cursor = page.GetProperty("next").GetString() is { } next ? $"&cursor={next}" : "";
        } while (cursor.Length > 0);

        expected.Reverse();
        found.Should().Equal(expected);
        pages.Should().BeGreaterThan(1);
    }
}
