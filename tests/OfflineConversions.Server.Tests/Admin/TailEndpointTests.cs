using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Tail;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>Who watches sees each outcome and each response.</summary>
public sealed class TailEndpointTests : OperatorRoutes
{
    [Fact]
    public async Task Outcomes_and_responses_appear_as_they_happen()
    {
        using var watching = await WatchAsync("");
        await SellAsync("a");
        await SellAsync("a");

        var outcomes = new List<string?>();
        var delivered = default(JsonElement);
        while (outcomes.Count < 2 || delivered.ValueKind == JsonValueKind.Undefined)
        {
            var (name, data) = await NextAsync(watching);
            if (name == "outcome")
            {
                data.GetProperty("eventId").GetString().Should().Be("a");
                outcomes.Add(data.GetProperty("outcome").GetString());
            }
            else
            {
                delivered = data;
            }
        }

        outcomes.Should().Equal("accepted", "ignored");
        delivered.GetProperty("connection").GetString().Should().Be("seg");
        delivered.GetProperty("events").GetInt32().Should().Be(1);
        delivered.GetProperty("state").GetString().Should().Be("delivered");
    }

    [Fact]
    public async Task Conditions_select_what_appears()
    {
        using var watching = await WatchAsync("?connection=seg&outcome=ignored");
        await SellAsync("a");
        await SellAsync("b");
        await SellAsync("b");

        var (name, data) = await NextAsync(watching);

        name.Should().Be("outcome");
        data.GetProperty("reason").GetString().Should().Be("duplicate");
    }

    [Fact]
    public async Task Who_leaves_is_no_longer_watching_and_the_number_is_limited()
    {
        var tail = Service.Services.GetRequiredService<LiveTail>();
        var readers = Enumerable.Range(0, LiveTail.MostReaders).Select(_ => tail.Watch(null, null)!).ToArray();
        using var refused = await Service.Http.GetAsync("/api/tail");
        refused.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        Array.ForEach(readers, reader => reader.Dispose());
        tail.IsWatched.Should().BeFalse();

        (await WatchAsync("")).Dispose();

        await Wait.UntilAsync(() => Task.FromResult(!tail.IsWatched));
    }

    [Fact]
    public async Task A_reader_that_is_too_slow_is_dropped_and_holds_up_nobody()
    {
        var tail = new LiveTail();
        using var slow = tail.Watch(null, null)!;
        var message = new TailDelivery("seg", "1", 1, default, null);
        for (var sent = 0; sent <= LiveTail.MostBehind; sent++)
        {
            tail.Publish(message);
        }

        tail.IsWatched.Should().BeFalse();
        var read = 0;
        await foreach (var _ in slow.Messages.ReadAllAsync())
        {
            read++;
        }

        read.Should().Be(LiveTail.MostBehind);
    }

    private async Task<StreamReader> WatchAsync(string query)
    {
        var answer = await Service.Http.GetAsync($"/api/tail{query}", HttpCompletionOption.ResponseHeadersRead);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("text/event-stream");
        var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync()).Should().Be(": watching");
        await reader.ReadLineAsync();
        return reader;
    }

    private static async Task<(string Name, JsonElement Data)> NextAsync(StreamReader reader)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var name = (await reader.ReadLineAsync(patience.Token))!["event: ".Length..];
        var data = (await reader.ReadLineAsync(patience.Token))!["data: ".Length..];
        await reader.ReadLineAsync(patience.Token);
        return (name, JsonElement.Parse(data));
    }
}
