using OfflineConversions.Fuzzing.Faults;
using OfflineConversions.Fuzzing.Processes;

namespace OfflineConversions.Server.Tests;

/// <summary>The comparison at the end of random troubles notices every kind of broken promise.</summary>
public sealed class FaultComparisonTests
{
    private static readonly Records Good = new(
        Acknowledged: new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["a"] = "segment",
            ["b"] = "segment",
            ["c"] = "segment",
            ["d"] = "segment",
        },
        PerhapsTwice: new HashSet<string>(StringComparer.Ordinal),
        Discarded: ["d"],
        Received:
        [
            new("a", "2", Call: 1, "A"),
            new("b", "2", Call: 1, "B"),
            new("b", "2", Call: 2, "B"),
            new("b", "2", Call: 3, "B"),
            new("c", "2", Call: 3, "C"),
        ],
        Calls: new Dictionary<long, ReceivedCall>
        {
            [1] = new(Status: null, "life-1", TimeSpan.Zero),
            [2] = new(Status: 200, "life-1", TimeSpan.Zero),
            [3] = new(Status: 200, "life-2", TimeSpan.Zero),
        },
        Lives: new Dictionary<string, int>(StringComparer.Ordinal) { ["life-1"] = 1, ["life-2"] = 2 },
        Killed: new HashSet<int> { 1 },
        Ledger: Ledger(new(Accepted: 4, Delivered: 3, Pending: 0, Failed: 0, Discarded: 1, Expired: 0))
    );

    public static TheoryData<string, string> Broken =>
        new()
        {
            { "an acknowledged event that never arrived", "a of segment was acknowledged and is lost" },
            { "an event that was never acknowledged", "was received and never acknowledged" },
            { "another payload", "different payloads" },
            { "another dataset", "another dataset" },
            { "a repeat although the response arrived", "received twice although the response" },
            { "a repeat after a clean stop", "received twice although the response" },
            { "a repeat within one life", "received twice although the response" },
            { "too many repeats at one kill", "201 events of dataset 2 were sent again" },
            { "a ledger that accepted more", "4 acknowledged" },
            { "a ledger that accepted fewer", "4 acknowledged" },
            { "a ledger that still waits", "something is left" },
            { "a ledger that failed", "something is left" },
            { "a ledger that expired", "something is left" },
            { "a ledger without the discard", "1 discarded" },
            { "a ledger that delivered fewer", "the sums do not agree" },
            { "a ledger that discarded what arrived", "arrived" },
            { "no ledger", "no line" },
        };

    [Fact]
    public void Records_that_agree_have_no_problem_and_repeats_are_counted_by_their_cause()
    {
        var comparison = new Comparison(Good);

        comparison.Problems.Should().BeEmpty();
        comparison.Arrived.Should().Be(3);
        comparison.AfterLostResponse.Should().Be(1);
        comparison.AfterKill.Should().Be(1);
        comparison.MostAtOneKill.Should().Be(1);
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void Each_kind_of_broken_promise_is_a_problem(string kind, string problem) =>
        new Comparison(Break(kind)).Problems.Should().Contain(one => one.Contains(problem));

    [Fact]
    public void Every_event_that_the_sandbox_did_not_record_is_lost()
    {
        foreach (var id in new[] { "a", "b", "c" })
        {
            var comparison = new Comparison(Good with { Received = [.. Good.Received.Where(sale => sale.Id != id)] });

            comparison.Lost.Should().Be(1, id);
        }
    }

    private static Records Break(string kind) =>
        kind switch
        {
            "an acknowledged event that never arrived" => Good with { Received = [.. Good.Received.Skip(1)] },
            "an event that was never acknowledged" => Good with { Received = [.. Good.Received, Sale("x")] },
            "another payload" => Good with { Received = [.. Good.Received, Sale("c") with { Payload = "!" }] },
            "another dataset" => Good with { Received = [.. Good.Received.Skip(1), Sale("a") with { Dataset = "3" }] },
            "a repeat although the response arrived" => Good with { Received = [.. Good.Received, Sale("c")] },
            "a repeat after a clean stop" => Good with { Killed = new HashSet<int>() },
            "a repeat within one life" => Good with
            {
                Lives = new Dictionary<string, int>(StringComparer.Ordinal) { ["life-1"] = 1, ["life-2"] = 1 },
            },
            "too many repeats at one kill" => Many(),
            "a ledger that accepted more" => With(new(5, 4, 0, 0, 1, 0)),
            "a ledger that accepted fewer" => With(new(3, 2, 0, 0, 1, 0)),
            "a ledger that still waits" => With(new(4, 2, 1, 0, 1, 0)),
            "a ledger that failed" => With(new(4, 2, 0, 1, 1, 0)),
            "a ledger that expired" => With(new(4, 2, 0, 0, 1, 1)),
            "a ledger without the discard" => With(new(4, 4, 0, 0, 0, 0)),
            "a ledger that delivered fewer" => With(new(4, 2, 0, 0, 1, 0)),
            "a ledger that discarded what arrived" => With(new(4, 2, 0, 0, 2, 0)),
            "no ledger" => Good with { Ledger = new Dictionary<string, LedgerSums>(StringComparer.Ordinal) },
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };

    private static ReceivedSale Sale(string id) => new(id, "2", Call: 3, id.ToUpperInvariant());

    private static Records With(LedgerSums sums) => Good with { Ledger = Ledger(sums) };

    private static Dictionary<string, LedgerSums> Ledger(LedgerSums sums) =>
        new(StringComparer.Ordinal) { ["segment"] = sums };

    /// <summary>One event more than four requests of fifty hold.</summary>
    private static Records Many()
    {
        string[] ids = [.. Enumerable.Range(0, 201).Select(i => $"many-{i}")];
        return Good with
        {
            Acknowledged = ids.ToDictionary(id => id, _ => "segment", StringComparer.Ordinal),
            Received = [.. ids.SelectMany(id => new[] { Sale(id) with { Call = 2 }, Sale(id) })],
        };
    }
}
