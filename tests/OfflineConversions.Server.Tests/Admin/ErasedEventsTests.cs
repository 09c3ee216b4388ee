using System.Text;
using OfflineConversions.Server.Tests.Outbox;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>After an erasure, nothing that an operator can ask for or find in the files shows the person.</summary>
public sealed class ErasedEventsTests : EventRoutes
{
    private const string Erasure = """{"email":"jane.doe@example.com"}""";
    private const string WithWarning =
        """{"revenue":1,"currency":"EUR","order_id":"ORDER","products":[{"quantity":1}]}""";

    /// <summary>Ids from which a shop's own people know whose they are.</summary>
    private static readonly string[] Ids = ["janedoe-waits", "janedoe-failed", "janedoe-delivered", "janedoe-rejected"];

    [Fact]
    public async Task Nothing_of_an_erased_person_is_found_and_their_events_say_so()
    {
        await TrackAsync("janedoe-delivered", properties: Order("janedoe-order-1"), email: "jane.doe@example.com");
        await DeliveryAsync("janedoe-delivered", "delivered");
        Graph.Otherwise = _ => Scripted.Error(100, 2804009);
        await TrackAsync("janedoe-failed", properties: Order("janedoe-order-2"), email: "jane.doe@example.com");
        await DeliveryAsync("janedoe-failed", "failed");
        await PostAsync("/api/connections/seg/pause");
        await TrackAsync("janedoe-waits", properties: Order("janedoe-order-3"), email: "jane.doe@example.com");
        await TrackAsync("janedoe-rejected", properties: """{"revenue":"many","currency":"EUR"}""");
        (await LeaksAsync()).Should().Contain("outcomes").And.Contain("files", "the search must see what is there");

        await PostAsync("/api/erasure", Erasure);
        using var tail = new StreamReader(await Service.Http.GetStreamAsync("/api/tail?outcome=ignored"));
        await TrackAsync("janedoe-again", properties: Order("janedoe-order-4"), email: "jane.doe@example.com");

        (await DeliveryAsync("janedoe-waits", "erased")).GetProperty("meaning").GetString().Should().Contain("erased");
        await DeliveryAsync("janedoe-failed", "erased");
        await OccurrenceShouldBe("janedoe-again", "ignored", "erased");
        (await LeaksAsync()).Should().BeEmpty();
        (await MessageAsync(tail)).Should().Contain("\"erased\"").And.NotContain("janedoe");
    }

    private static string Order(string number) => WithWarning.Replace("ORDER", number, StringComparison.Ordinal);

    /// <summary>Where the person's ids can still be read.</summary>
    private async Task<string> LeaksAsync()
    {
        var found = new StringBuilder();
        foreach (var route in new[] { "outcomes", "pending", "failed", "funnel", "quality", "failed/causes" })
        {
            var text = (await Service.GetJsonAsync($"/api/{route}")).GetRawText();
            found.Append(text.Contains("janedoe", StringComparison.Ordinal) ? route + ' ' : "");
        }

        foreach (var number in new[] { 1, 2, 3 })
        {
            var text = await Service.Http.GetStringAsync($"/api/events?orderId=janedoe-order-{number}");
            found.Append(Ids.Any(text.Contains) ? $"order {number} " : "");
        }

        // A payload may be compressed, so an id of a warning is what the search can be sure to see.
        found.Append(Files.Holding(Path.GetDirectoryName(Service.SettingsFile)!, "janedoe").Any() ? "files" : "");
        return found.ToString();
    }

    private static async Task<string> MessageAsync(StreamReader tail)
    {
        while (await tail.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return line;
            }
        }

        return "";
    }
}
