using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>What waits: listed, moved to another dataset, given up.</summary>
internal sealed partial class InMemoryOutbox
{
    public ValueTask<PendingPage> PendingAsync(PendingQuery query, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var (page, bytes, read) = (new List<PendingEvent>(), 0L, 0L);
            PendingPosition? last = null;
            foreach (var pending in Listed(query))
            {
                if (page.Count >= query.Limit || bytes >= query.MostBytes || read >= query.MostReadBytes)
                {
                    return ValueTask.FromResult(new PendingPage(page, last));
                }

                (last, read) = (pending.Position, read + pending.Payload!.Value.Length);
                if (query.EventId is null || query.EventId == pending.Event.Id)
                {
                    page.Add(pending);
                    bytes += pending.Payload!.Value.Length;
                }
            }

            return ValueTask.FromResult(new PendingPage(page, Next: null));
        }
    }

    public ValueTask<PendingCount> CountPendingAsync(PendingScope scope, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var rows = RowsOf(scope);
            return ValueTask.FromResult(
                new PendingCount(
                    rows.Where(row => !IsLeased(row)).Sum(row => row.Chunk.Events.Count),
                    rows.Where(IsLeased).Sum(row => row.Chunk.Events.Count)
                )
            );
        }
    }

    public ValueTask<ChangedPending> RedirectAsync(
        PendingScope scope,
        Redirection redirection,
        CancellationToken cancellationToken
    ) => ChangeAsync(scope, row => Redirect(row, redirection));

    public ValueTask<ChangedPending> DiscardPendingAsync(PendingScope scope, CancellationToken cancellationToken) =>
        ChangeAsync(scope, row =>
        {
            ReleaseAll(row.Chunk.Events);
            GiveUp(row.Chunk.Events, row.Chunk.Attempts);
            Leave(row, stay: 0);
            return new ChangedPending(row.Chunk.Events.Count, 0);
        });

    private async ValueTask<ChangedPending> ChangeAsync(PendingScope scope, Func<Row, ChangedPending> change)
    {
        bool isEmpty;
        var total = new ChangedPending();
        lock (_gate)
        {
            foreach (var row in RowsOf(scope))
            {
                if (IsLeased(row))
                {
                    total = total with { InFlight = total.InFlight + row.Chunk.Events.Count };
                    continue;
                }

                _rows.Remove(row);
                total += change(row);
            }

            isEmpty = RowsOf(scope).Length == 0;
        }

        if (isEmpty)
        {
            await _states.EndHaltAsync(new HaltScope(scope.Connection, scope.DatasetId), default);
        }

        return total with
        {
            IsEmpty = isEmpty,
        };
    }

    private ChangedPending Redirect(Row row, Redirection redirection)
    {
        var (moved, duplicates) = (new List<StoredEvent>(), 0);
        foreach (var stored in row.Chunk.Events)
        {
            var redirected = redirection.KeyOf(stored, row.Chunk.Destination, row.Chunk.CreatedAt);
            if (!redirected.IsKnown)
            {
                moved.Add(stored);
            }
            else if (TryTakeKeyElsewhere(redirected, Now) is { } key)
            {
                moved.Add(stored with { Key = key });
                ReleaseAll([stored]);
            }
            else
            {
                duplicates++;
                ReleaseAll([stored]);
                GiveUp([stored], row.Chunk.Attempts);
            }
        }

        moved.ForEach(stored => Redirected(stored, redirection.DatasetId));
        if (moved.Count > 0)
        {
            var destination = row.Chunk.Destination with { DatasetId = redirection.DatasetId };
            var chunk = new Chunk(++_ids, default, destination, moved, 0, row.Chunk.CreatedAt);
            _rows.Add(new Row(chunk, Now));
        }

        Leave(row, moved.Count);
        return new ChangedPending(moved.Count, 0) { Duplicates = duplicates };
    }

    /// <summary>
    /// Takes the key of an event at its new dataset for what was left of its window; null if another copy has it.
    /// </summary>
    private DeduplicationKey? TryTakeKeyElsewhere(RedirectedKey redirected, DateTimeOffset since)
    {
        var key = redirected.Key;
        if (IsTaken(key) || (_keysOfEveryConnection.TryGetValue(redirected.Older, out var end) && end > Now))
        {
            return null;
        }

        return key.End > since ? _keys[key.Digest] = key.EndingAt(Now + (key.End - since)) : key;
    }

    private void ReleaseAll(IEnumerable<StoredEvent> events)
    {
        foreach (var stored in events)
        {
            Release(stored.Key);
            _keysOfEveryConnection.Remove(stored.Key);
        }
    }

    private void Redirected(StoredEvent stored, string dataset)
    {
        if (_fates.TryGetValue(stored.Payload, out var fate))
        {
            _fates[stored.Payload] = fate with { DatasetId = dataset, Answer = null };
        }
    }

    private void GiveUp(IEnumerable<StoredEvent> events, int attempts)
    {
        foreach (var stored in events)
        {
            Became(stored, DeliveryState.Discarded, attempts);
        }
    }

    private void Leave(Row row, int stay)
    {
        var left = row.Chunk.Events.Count - stay;
        Book(row.Chunk.Destination.Connection, line =>
            line with
            {
                Waiting = line.Waiting - left,
                Discarded = line.Discarded + left,
            }
        );
    }

    private Row[] RowsOf(PendingScope scope) =>
        [
            .. _rows
                .Where(row =>
                    row.Chunk.Destination.Connection == scope.Connection
                    && row.Chunk.Destination.DatasetId == scope.DatasetId
                )
                .OrderBy(row => row.Chunk.Id),
        ];

    private IEnumerable<PendingEvent> Listed(PendingQuery query) =>
        from row in _rows
        let chunk = row.Chunk
        where
            (query.Connection ?? chunk.Destination.Connection) == chunk.Destination.Connection
            && (query.DatasetId ?? chunk.Destination.DatasetId) == chunk.Destination.DatasetId
        from one in chunk.Events.Index()
        let position = new PendingPosition(chunk.CreatedAt.ToUnixTimeMilliseconds(), chunk.Id, one.Index)
        orderby position.StoredAt descending, position.Chunk descending, position.Event descending
        where query.After is not { } after || IsAfter(position, after)
        select new PendingEvent(
            position,
            chunk.Destination,
            chunk.CreatedAt,
            chunk.Attempts,
            row.Due,
            IsLeased(row),
            one.Item.ReadEvent(),
            one.Item.Payload
        );

    private static bool IsAfter(PendingPosition position, PendingPosition after) =>
        (position.StoredAt, position.Chunk, position.Event).CompareTo((after.StoredAt, after.Chunk, after.Event)) < 0;
}
