using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>Meta's code decides what delivery does, whatever the HTTP status is.</summary>
public sealed class StatusOfCodesTests
{
    // Fewer steps of simulated time.
    private static DeliveryOptions Rarely => new() { FlushInterval = TimeSpan.FromSeconds(30) };

    [Theory]
    [InlineData(1, null)]
    [InlineData(1, 99)]
    [InlineData(2, null)]
    [InlineData(3, null)]
    [InlineData(4, null)]
    [InlineData(10, null)]
    [InlineData(17, 2446079)]
    [InlineData(32, null)]
    [InlineData(100, null)]
    [InlineData(100, 33)]
    [InlineData(100, 2804009)]
    [InlineData(100, 2804036)]
    [InlineData(102, null)]
    [InlineData(190, 463)]
    [InlineData(200, null)]
    [InlineData(341, null)]
    [InlineData(368, null)]
    [InlineData(506, null)]
    [InlineData(613, 1487742)]
    [InlineData(803, null)]
    [InlineData(2500, null)]
    [InlineData(2635, null)]
    [InlineData(5000, null)]
    [InlineData(21009, null)]
    [InlineData(80004, null)]
    [InlineData(987654, null)]
    public async Task A_code_leads_to_the_same_calls_state_reason_and_failed_list_under_4xx_and_5xx(
        int code,
        int? subcode
    )
    {
        var expected = await RunAsync(code, subcode, 400);

        (await RunAsync(code, subcode, 500)).Should().Be(expected);
    }

    [Fact]
    public async Task Code_1_with_subcode_99_is_retried_patiently_and_neither_buried_nor_a_reason_to_halt()
    {
        await using var harness = await DeliveryHarness.CreateAsync(Rarely);
        harness.Graph.Otherwise = _ => Scripted.Error(1, 99, status: 500);
        harness.Store(40);
        await harness.StartAsync();

        await harness.UntilAsync(() => harness.Graph.Requests.Count > 9);

        harness.Gaps.Should().OnlyContain(gap => gap >= TimeSpan.FromMilliseconds(500), "no retry is quick");
        harness.Outbox.Failed.Should().BeEmpty();
        harness.Stores.IsHalted.Should().BeFalse();
        harness.Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        await harness.UntilEmptyAsync();
        harness.Outbox.Failed.Should().BeEmpty();
    }

    private static async Task<Observed> RunAsync(int code, int? subcode, int status)
    {
        await using var harness = await DeliveryHarness.CreateAsync(Rarely);
        harness.Graph.Otherwise = _ => Scripted.Error(code, subcode, status);
        harness.Store(5);
        await harness.StartAsync();
        await harness.UntilAsync(() => harness.Graph.Requests.Count > 0 && harness.Stores.InFlight == 0);
        var stores = harness.Stores;
        return new Observed(
            harness.Graph.Requests.Count,
            stores.Condition,
            stores.Reason,
            string.Join(',', harness.Outbox.Failed.Select(failed => $"{failed.Burial.Reason} {failed.Burial.Field}"))
        );
    }

    private sealed record Observed(int Calls, Condition Condition, string? Reason, string Failed);
}
