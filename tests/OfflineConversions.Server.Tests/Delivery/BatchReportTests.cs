using Microsoft.Extensions.Logging;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

public sealed class BatchReportTests
{
    [Fact]
    public async Task Each_batch_is_one_line_with_what_became_of_its_events()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Store(40, dataset: "1");
        harness.Store(3, dataset: "2", from: 100);
        harness.Refuse(101);

        await harness.RunUntilEmptyAsync();

        var lines = harness.Log.Where(line => line.Text.StartsWith("Delivered ", StringComparison.Ordinal)).ToList();
        lines.Should().HaveCount(2).And.OnlyContain(line => line.Level == LogLevel.Information);
        lines
            .Should()
            .ContainSingle(line =>
                line.Text.StartsWith("Delivered 40 events of connection stores to dataset 1 with 1 ")
            );
        lines
            .Should()
            .ContainSingle(line => line.Text.StartsWith("Delivered 2 events of connection stores to dataset 2 "))
            .Which.Text.Should()
            .EndWith("; 0 wait for another attempt, 1 moved to the failed list");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_hour_without_success_writes_a_few_lines_however_much_is_tried(bool isDown)
    {
        // A loop that looks for work every second would make the simulation stop 3600 times for nothing.
        var options = new DeliveryOptions { FlushInterval = TimeSpan.FromMinutes(1) };
        await using var harness = await DeliveryHarness.CreateAsync(options, connections: ["stores", "web"]);
        harness.Graph.Otherwise = _ => isDown ? Scripted.Down() : Scripted.Error(1);
        for (var chunk = 0; chunk < 20; chunk++)
        {
            harness.Store(5, connection: chunk % 2 == 0 ? "stores" : "web", dataset: $"{chunk}");
        }

        await harness.StartAsync();
        await harness.LetPassAsync(TimeSpan.FromHours(1));

        harness.Graph.Requests.Should().HaveCountGreaterThan(40);
        harness.Log.Should().HaveCountLessThan(100).And.Contain(line => line.Text.Contains("accepted none of"));
    }
}
