using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Conversions;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Erasing;

/// <summary>Events in flight, crashes, and deliveries beside an erasure.</summary>
public sealed partial class ErasureTests
{
    [Fact]
    public async Task A_person_in_flight_is_delivered_or_removed_and_never_sent_again()
    {
        await AppendAsync(
            Event("a", "jane"),
            Event("b", "john"),
            Event("c", "jane"),
            Event("d", "jane"),
            Event("e", "john")
        );
        var chunk = (await LeaseAsync()).Single();

        (await EraseAsync("jane")).Should().Be(new ErasedEvents(0, 0, 0, InFlight: 3));
        await _outbox.SettleAsync(
            [
                new ChunkSettlement(
                    chunk,
                    [0, 1],
                    default,
                    [new Burial(2, "refused_by_meta"), new Burial(4, "refused_by_meta")]
                ),
            ],
            default
        );

        (await LeaseAsync()).Texts().Should().ContainSingle().Which.Should().Contain("john");
        (await _outbox.FailedAsync(new FailedQuery(), default))
            .Should()
            .ContainSingle()
            .Which.Text()
            .Should()
            .Contain("john");
        (await _outbox.LedgerAsync(default))
            .Should()
            .Equal(
                new LedgerLine("stores", Accepted: 5, Delivered: 1, Waiting: 1, Failed: 1, Discarded: 2, Expired: 0)
            );
        await Files.Eventually(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return Ask("SELECT count(*) FROM suppressed WHERE swept = 0") == 0;
        });
        Files.Holding(_folder.Path, "jane").Should().BeEmpty();
    }

    [Fact]
    public async Task What_was_in_flight_at_a_crash_is_removed_before_anything_is_sent()
    {
        await AppendAsync(Event("a", "jane"), Event("b", "john"));
        await LeaseAsync();
        await EraseAsync("jane");

        await RestartAsync();

        (await LeaseAsync()).Texts().Should().ContainSingle().Which.Should().Contain("john");
        (await _outbox.LedgerAsync(default))
            .Should()
            .Equal(
                new LedgerLine("stores", Accepted: 2, Delivered: 0, Waiting: 1, Failed: 0, Discarded: 1, Expired: 0)
            );
    }

    [Fact]
    public async Task An_erasure_that_a_crash_interrupts_is_finished_after_the_restart()
    {
        await AppendAsync(Event("a", "jane"), Event("b", "john"));
        await BuryAllAsync();
        await AppendAsync(Event("c", "jane"), Event("d", "john"));
        await _outbox.DisposeAsync();
        // The first of its commits is all there is: the suppression.
        Ask(
            $"""
            INSERT INTO suppressed (trace, until, swept)
            VALUES (x'{Convert.ToHexString(Trace("jane").ToBytes())}', 0, 0)
            """
        );

        _outbox = Open();

        (await LeaseAsync()).Texts().Should().ContainSingle().Which.Should().Contain("john");
        (await _outbox.FailedAsync(new FailedQuery(), default))
            .Should()
            .ContainSingle()
            .Which.Text()
            .Should()
            .Contain("john");
        (await _outbox.LedgerAsync(default)).Single().Discarded.Should().Be(2);
        await Files.Eventually(() => Ask("SELECT count(*) FROM suppressed WHERE swept = 0") == 0);
        Files.Holding(_folder.Path, "jane").Should().BeEmpty();
    }

    [Fact]
    public async Task While_a_large_outbox_is_searched_events_are_accepted_and_sent()
    {
        for (var i = 0; i < 20; i++)
        {
            await _outbox.AppendAsync(
                [
                    .. Enumerable
                        .Range(0, 1000)
                        .Select(n =>
                            Event(
                                $"{i}-{n}",
                                n == 500 ? "jane" : $"p{n}",
                                connection: "web",
                                filler: new string('y', 300)
                            )
                        ),
                ],
                default
            );
        }

        var erasing = EraseAsync("jane");
        var taken = 0;
        while (!erasing.IsCompleted)
        {
            (await AppendAsync(Event($"new{taken++}", "john"))).Status.Should().Be(AppendStatus.Stored);
            await _outbox.SettleAsync([.. (await LeaseAsync()).Select(ChunkSettlement.Delivered)], default);
        }

        (await erasing).Should().Be(new ErasedEvents(20, 0, 20, 0));
        taken.Should().BePositive();
        (await _outbox.LedgerAsync(default))
            .Should()
            .Equal(
                new LedgerLine("stores", taken, taken, 0, 0, 0, 0),
                new LedgerLine("web", 20_000, 0, 19_980, 0, 20, 0)
            );
    }
}
