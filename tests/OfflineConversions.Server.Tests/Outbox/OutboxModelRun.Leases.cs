using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>Leases, renewals and settlements, in time and too late.</summary>
internal sealed partial class OutboxModelRun
{
    private readonly List<Held> _leased = [];

    /// <summary>Chunks whose lease is no longer current.</summary>
    private readonly List<Chunk> _lost = [];

    private async Task LeaseAsync()
    {
        var connection = Connection();
        var chunks = await _outbox.LeaseAsync(
            new LeaseRequest(connection, _random.Next(1, 12), _random.Next(1, 4000)),
            default
        );

        var taken = _leased
            .Where(held => !HasEnded(held))
            .SelectMany(held => held.Chunk.Texts())
            .ToHashSet(StringComparer.Ordinal);
        var due = _waiting
            .Values.Where(w => w.Connection == connection && w.DueAt <= Now && !taken.Contains(w.Payload))
            .ToArray();
        chunks.Any().Should().Be(due.Length > 0);
        if (chunks.Count > 0)
        {
            chunks.Select(chunk => chunk.Destination).Distinct().Should().ContainSingle();
            chunks.Texts().Should().BeSubsetOf(due.Select(w => w.Payload));
            chunks.Texts().Should().OnlyContain(text => _waiting[text].Dataset == chunks[0].Destination.DatasetId);
            _waiting[chunks.Texts()[0]].DueAt.Should().Be(due.Min(w => w.DueAt));
            chunks.Should().OnlyContain(chunk => chunk.Lease.End == Now + _outbox.LeaseDuration);
            Lose(held => chunks.Any(chunk => chunk.Id == held.Chunk.Id));
            _leased.AddRange(chunks.Select(chunk => new Held(chunk, _clock.GetTimestamp(), LeaseEnd)));
        }
    }

    private async Task RenewAsync()
    {
        var chosen = _leased.Where(_ => _random.Next(2) == 0).ToArray();
        var lost = _lost.Where(_ => _random.Next(4) == 0).ToArray();

        var leases = await _outbox.RenewAsync([.. chosen.Select(held => held.Chunk), .. lost], default);

        leases
            .Should()
            .Equal([
                .. chosen.Select(held => (Lease?)new Lease(held.Chunk.Lease.Token, Now + _outbox.LeaseDuration)),
                .. lost.Select(_ => (Lease?)null),
            ]);
        _leased.RemoveAll(chosen.Contains);
        _leased.AddRange(chosen.Select(held => held with { Since = _clock.GetTimestamp(), End = LeaseEnd }));
    }

    private async Task SettleAsync()
    {
        await SettleAsync([.. _leased.Where(_ => _random.Next(3) > 0)]);
        var late = _lost.Where(_ => _random.Next(4) == 0).ToArray();
        (await _outbox.SettleAsync([.. late.Select(ChunkSettlement.Delivered)], default))
            .Should()
            .Equal(late.Select(_ => SettlementStatus.LeaseLost));
    }

    private async Task SettleAsync(Held[] settled)
    {
        (await _outbox.SettleAsync([.. settled.Select(held => Settlement(held.Chunk))], default))
            .Should()
            .Equal(settled.Select(_ => SettlementStatus.Settled));
        Lose(settled.Contains);
    }

    private ChunkSettlement Settlement(Chunk chunk)
    {
        var due = Now + TimeSpan.FromSeconds(_random.Next(-5, 60));
        var outcomes = chunk.Events.Select(_ => (Outcome)_random.Next(3)).ToArray();
        if (_random.Next(3) == 0)
        {
            Array.Fill(outcomes, (Outcome)_random.Next(3));
        }

        foreach (var (text, outcome) in chunk.Texts().Zip(outcomes))
        {
            Apply(chunk, text, outcome, due);
        }

        return new ChunkSettlement(
            chunk,
            [.. IndexesOf(outcomes, Outcome.Kept)],
            due,
            [.. IndexesOf(outcomes, Outcome.Buried).Select(i => new Burial(i, "rejected_by_meta"))]
        );
    }

    private void Apply(Chunk chunk, string text, Outcome outcome, DateTimeOffset due)
    {
        if (outcome == Outcome.Kept && !IsErased(text))
        {
            _waiting[text] = _waiting[text] with { DueAt = due };
            return;
        }

        _waiting.Remove(text);
        if (outcome != Outcome.Delivered)
        {
            Release(text);
        }

        if (outcome == Outcome.Delivered)
        {
            _delivered++;
        }
        else if (IsErased(text))
        {
            _discarded++;
        }
        else
        {
            _failed.Add(new Failed(chunk.Destination.Connection, text, Now, chunk.Destination.DatasetId));
        }
    }

    private static IEnumerable<int> IndexesOf(Outcome[] outcomes, Outcome outcome) =>
        outcomes.Index().Where(one => one.Item == outcome).Select(one => one.Index);

    /// <summary>
    /// Whether leases end by the store's clock, which makes up for drifts, instead of the monotonic one.
    /// </summary>
    public bool LeasesEndByClock { get; init; }

    private long LeaseEnd => (Now + _outbox.LeaseDuration).ToUnixTimeMilliseconds();

    private bool HasEnded(Held held) =>
        LeasesEndByClock
            ? Now.ToUnixTimeMilliseconds() >= held.End
            : _clock.GetElapsedTime(held.Since) >= _outbox.LeaseDuration;

    private void Lose(Predicate<Held> condition)
    {
        _lost.AddRange(_leased.Where(held => condition(held)).Select(held => held.Chunk));
        _leased.RemoveAll(condition);
    }

    private enum Outcome
    {
        Kept,
        Buried,
        Delivered,
    }

    /// <param name="Chunk">The chunk with its current lease.</param>
    /// <param name="Since">When the lease began or was renewed last.</param>
    /// <param name="End">When it ends by the store's clock, in Unix milliseconds.</param>
    private sealed record Held(Chunk Chunk, long Since, long End);
}
