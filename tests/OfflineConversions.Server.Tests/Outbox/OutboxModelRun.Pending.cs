using System.Text;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>What waits: listed, moved to another dataset, given up.</summary>
internal sealed partial class OutboxModelRun
{
    private async Task ComparePendingAsync(string because)
    {
        var listed = new List<PendingEvent>();
        var query = new PendingQuery(Limit: _random.Next(1, 7));
        PendingPage page;
        do
        {
            page = await _outbox.PendingAsync(query, default);
            listed.AddRange(page.Events);
            query = query with { After = page.Next };
        } while (page.Next is not null);

        listed
            .Select(pending => new Waiting(
                pending.Destination.Connection,
                TextOf(pending),
                pending.AcceptedAt,
                pending.NextAttemptAt,
                pending.Destination.DatasetId
            ))
            .Should()
            .BeEquivalentTo(_waiting.Values, because);
        listed.Should().BeInDescendingOrder(pending => pending.AcceptedAt, because);
    }

    private async Task RedirectAsync()
    {
        var redirection = Redirection();
        var scope = new PendingScope(Connection(), $"{_random.Next(3)}");
        var (free, inFlight) = await WaitingAsync(scope);
        if (
            scope.DatasetId == redirection.DatasetId
            || free.Any(text =>
                KeyDatasetAfter(text, _waiting[text].Dataset, redirection) is { } dataset && IsUncertain(text, dataset)
            )
        )
        {
            return;
        }

        (await _outbox.CountPendingAsync(scope, default)).Should().Be(new PendingCount(free.Length, inFlight));
        var changed = await _outbox.RedirectAsync(scope, redirection, default);

        var duplicates = free.Count(text => !Move(text, redirection));
        changed
            .Should()
            .Be(
                new ChangedPending(free.Length - duplicates, inFlight)
                {
                    Duplicates = duplicates,
                    IsEmpty = inFlight == 0,
                }
            );
        Leave(scope, free, inFlight);
    }

    private async Task DiscardPendingAsync()
    {
        var scope = new PendingScope(Connection(), $"{_random.Next(3)}");
        var (free, inFlight) = await WaitingAsync(scope);

        (await _outbox.DiscardPendingAsync(scope, default))
            .Should()
            .Be(new ChangedPending(free.Length, inFlight) { IsEmpty = inFlight == 0 });
        Forget(free);
        Leave(scope, free, inFlight);
    }

    /// <summary>
    /// The events of a dataset that are not in flight, in the order in which a redirect moves them, and how many are.
    /// </summary>
    private async Task<(string[] Free, int InFlight)> WaitingAsync(PendingScope scope)
    {
        var inFlight = _leased
            .Where(held => !HasEnded(held))
            .SelectMany(held => held.Chunk.Texts())
            .ToHashSet(StringComparer.Ordinal);
        var listed = await _outbox.PendingAsync(
            new PendingQuery(scope.Connection, scope.DatasetId, Limit: 1000),
            default
        );
        var waiting = _waiting
            .Values.Where(one => one.Connection == scope.Connection && one.Dataset == scope.DatasetId)
            .Select(one => one.Payload)
            .ToArray();
        listed.Events.Select(TextOf).Should().BeEquivalentTo(waiting);
        listed
            .Events.Where(one => one.IsInFlight)
            .Select(TextOf)
            .Should()
            .BeEquivalentTo(waiting.Where(inFlight.Contains));
        return (
            [
                .. listed
                    .Events.Where(one => !one.IsInFlight)
                    .OrderBy(one => (one.Position.Chunk, one.Position.Event))
                    .Select(TextOf),
            ],
            waiting.Count(inFlight.Contains)
        );
    }

    /// <summary>Moves an event; false if the new dataset has it, so that it is dropped.</summary>
    private bool Move(string text, Redirection redirection)
    {
        if (KeyDatasetAfter(text, _waiting[text].Dataset, redirection) is { } dataset)
        {
            var isTaken = _keys.TryGetValue(KeyOf(text, dataset), out var end) && end > Now;
            isTaken |= IsOlderTaken(text, dataset);
            Release(text);
            if (isTaken)
            {
                _waiting.Remove(text);
                _discarded++;
                return false;
            }

            _keyDatasets[text] = dataset;
            if (_keyed[text] > Now)
            {
                _keys[KeyOf(text)] = _keyed[text];
            }
        }

        _waiting[text] = _waiting[text] with { Dataset = redirection.DatasetId, DueAt = Now };
        return true;
    }

    /// <summary>The leases of what was moved or given up had ended, and the halt ends if nothing waits.</summary>
    private void Leave(PendingScope scope, string[] gone, int inFlight)
    {
        Lose(held => HasEnded(held) && held.Chunk.Texts().Any(gone.Contains));
        if (inFlight == 0)
        {
            _halts.Remove(new HaltScope(scope.Connection, scope.DatasetId));
        }
    }

    private Redirection Redirection() => new($"{_random.Next(3)}", _random.Next(2) == 0 ? "shop" : null, Window);

    private static string TextOf(PendingEvent pending) => Encoding.UTF8.GetString(pending.Payload!.Value.Span);
}
