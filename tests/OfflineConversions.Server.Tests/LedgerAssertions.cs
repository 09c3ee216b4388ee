using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tests.Acceptance;

namespace OfflineConversions.Server.Tests;

/// <summary>The check at the end of every scenario: whatever happened, the sums of the ledger agree.</summary>
internal static class LedgerAssertions
{
    /// <summary>Returns the ledger of an outbox, which must balance.</summary>
    public static async Task<IReadOnlyList<LedgerLine>> ShouldBalanceAsync(this ILedger outbox)
    {
        var lines = await outbox.LedgerAsync(default);
        Balance(lines);
        return lines;
    }

    /// <summary>Returns the ledger of a running service, as its operator sees it. It must balance.</summary>
    public static async Task<IReadOnlyList<LedgerLine>> ShouldBalanceAsync(this ServiceProcess service)
    {
        var lines = await service.LedgerAsync();
        Balance(lines);
        return lines;
    }

    /// <summary>Waits until no event is pending, and returns the ledger, which must balance.</summary>
    public static async Task<IReadOnlyList<LedgerLine>> ShouldBalanceOnceNothingWaitsAsync(this ServiceProcess service)
    {
        await service.UntilAsync(async () => (await service.LedgerAsync()).All(line => line.Waiting == 0));
        return await service.ShouldBalanceAsync();
    }

    private static void Balance(IReadOnlyList<LedgerLine> lines)
    {
        lines.Should().NotBeEmpty();
        lines
            .Should()
            .OnlyContain(line =>
                line.Accepted == line.Delivered + line.Waiting + line.Failed + line.Discarded + line.Expired
            );
        lines
            .Should()
            .OnlyContain(line =>
                line.Delivered >= 0 && line.Waiting >= 0 && line.Failed >= 0 && line.Discarded >= 0 && line.Expired >= 0
            );
    }

    private static async Task<IReadOnlyList<LedgerLine>> LedgerAsync(this ServiceProcess service) =>
        [
            .. (await service.OperateAsync<Line[]>(HttpMethod.Get, "/api/ledger")).Select(line => new LedgerLine(
                line.Connection,
                line.Accepted,
                line.Delivered,
                line.Pending,
                line.Failed,
                line.Discarded,
                line.Expired
            )),
        ];

    private sealed record Line(
        string Connection,
        long Accepted,
        long Delivered,
        long Pending,
        long Failed,
        long Discarded,
        long Expired
    );
}
