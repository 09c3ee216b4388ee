using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Outbox.Moving;

/// <summary>
/// Moves everything that one store holds into another. At every moment exactly one of them is complete, and the service
/// opens neither of them while it is not certain which: first both are closed, then rows are copied, each transaction
/// of the target noting how far it is, then the source gives up its rows, and last the target opens. A process that is
/// killed anywhere leaves marks that say where the next one goes on.
/// </summary>
internal sealed class OutboxMove(IMovableStore source, IMovableStore target, TimeProvider time)
{
    /// <summary>The progress of what has no place in the target is noted under names that begin like this.</summary>
    private const string WithoutPlace = "without place: ";

    /// <summary>Moves everything, or what an interrupted process has left to move.</summary>
    /// <exception cref="SettingUnusableException">
    /// Nothing may be moved: the target is not empty, or the service uses one of the stores.
    /// </exception>
    public async Task<MoveReport> RunAsync(CancellationToken cancellationToken)
    {
        var plan = await PlanAsync();
        if (plan.Refusal is { } refusal)
        {
            throw new SettingUnusableException(refusal);
        }

        var move = plan.Move ?? Guid.NewGuid();
        for (var step = plan.Next; step <= MoveStep.Clear; step++)
        {
            await RunAsync(step, move, cancellationToken);
        }

        return await ReportAsync(wasComplete: plan.Next == MoveStep.Clear);
    }

    /// <summary>
    /// Gives up a move that is not complete: the source opens again, as it was.
    /// </summary>
    /// <exception cref="SettingUnusableException">There is none.</exception>
    public static async Task CancelAsync(IMovableStore source, IMovableStore? target)
    {
        if (await source.ReadMarkAsync() is not { Stage: MoveStage.Leaving } mark)
        {
            throw new SettingUnusableException($"No move out of {source.Name} has begun that is not complete.");
        }

        if (
            target is not null
            && await target.ReadMarkAsync() is { Stage: MoveStage.Arriving } into
            && into.Move == mark.Move
        )
        {
            // Before the first row was copied, it is not certain that nothing else is there.
            if ((await target.ReadProgressAsync()).Count > 0)
            {
                await target.ClearAsync();
            }

            await target.WriteMarkAsync(null);
        }

        await source.WriteMarkAsync(null);
    }

    private async Task RunAsync(MoveStep step, Guid move, CancellationToken cancellationToken)
    {
        switch (step)
        {
            case MoveStep.Begin:
                await BeginAsync(move);
                break;
            case MoveStep.Copy:
                await CopyAsync(cancellationToken);
                await CompareAsync();
                await source.WriteMarkAsync(Mark(move, MoveStage.Left));
                break;
            case MoveStep.Open:
                await target.WriteMarkAsync(Mark(move, MoveStage.Arrived));
                break;
            default:
                await source.ClearAsync();
                break;
        }
    }

    private async Task<MovePlan> PlanAsync() => MovePlan.Of(await SideAsync(source), await SideAsync(target));

    private static async Task<MoveSide> SideAsync(IMovableStore store)
    {
        var mark = await store.ReadMarkAsync();
        var hasBegun = mark?.Stage == MoveStage.Arriving && (await store.ReadProgressAsync()).Count > 0;
        return new MoveSide(store.Name, mark, !hasBegun && await store.IsEmptyAsync());
    }

    /// <summary>Closes both stores. What an earlier move has left in the target is out of date.</summary>
    private async Task BeginAsync(Guid move)
    {
        var before = await source.ReadMarkAsync();
        await source.WriteMarkAsync(Mark(move, MoveStage.Leaving));
        try
        {
            if (await target.ReadMarkAsync() is { Stage: MoveStage.Left })
            {
                await target.ClearAsync();
            }

            await target.WriteMarkAsync(Mark(move, MoveStage.Arriving));
        }
        catch (SettingUnusableException)
        {
            await source.WriteMarkAsync(before);
            throw;
        }
    }

    private async Task CopyAsync(CancellationToken cancellationToken)
    {
        var progress = await target.ReadProgressAsync();
        if (progress.Count == 0)
        {
            await ClearLeftoversAsync();
        }

        foreach (var table in MoveTables.All)
        {
            var done = progress.GetValueOrDefault(table.Name, MoveProgress.Start);
            while (!done.IsDone)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var slice = await source.ReadAsync(table, done.Position);
                done = new MoveProgress(slice.Next, done.Rows + slice.Rows.Count, slice.IsLast);
                await target.WriteAsync(table, slice.Rows, done);
            }
        }

        foreach (var (title, rows) in await source.CountWithoutPlaceAsync())
        {
            await NoteAsync(progress, WithoutPlace + title, rows);
        }
    }

    /// <summary>
    /// An outbox without events may have destinations. Until it was closed, the service may also have stored an event.
    /// </summary>
    private async Task ClearLeftoversAsync()
    {
        if (!await target.IsEmptyAsync())
        {
            await target.WriteMarkAsync(null);
            await source.WriteMarkAsync(null);
            throw new SettingUnusableException(
                $"The service has just stored events in {target.Name}. Events are moved into an empty store only."
            );
        }

        await target.ClearAsync();
    }

    /// <summary>The source gives nothing up before the target has all of it.</summary>
    private async Task CompareAsync()
    {
        var progress = await target.ReadProgressAsync();
        foreach (var table in MoveTables.All.Where(table => table.IsListed))
        {
            var rows = await target.CountAsync(table);
            if (table.IsOneToOne && await source.CountAsync(table) is var expected && expected != rows)
            {
                throw new MoveFailedException(
                    $"{target.Name} has {rows} {table.Title} after the copy and {source.Name} has {expected}."
                );
            }

            await NoteAsync(progress, table.Name, rows);
        }

        var (before, after) = (await LedgerAsync(source), await LedgerAsync(target));
        if (!before.SequenceEqual(after, StringComparer.Ordinal))
        {
            throw new MoveFailedException($"The ledgers of {source.Name} and {target.Name} differ after the copy.");
        }
    }

    /// <summary>Notes how many rows there are, unless an earlier process has.</summary>
    private Task NoteAsync(Dictionary<string, MoveProgress> progress, string table, long rows)
    {
        var done = new MoveProgress(0, rows, IsDone: true);
        return progress.TryGetValue(table, out var known) && known == done
            ? Task.CompletedTask
            : target.WriteProgressAsync(table, done);
    }

    private async Task<MoveReport> ReportAsync(bool wasComplete)
    {
        var progress = await target.ReadProgressAsync();
        return new MoveReport(
            wasComplete,
            [
                .. MoveTables
                    .All.Where(table => table.IsListed)
                    .Select(table => new MoveCount(table.Title, progress.GetValueOrDefault(table.Name).Rows)),
            ],
            [
                .. progress
                    .Where(one => one.Key.StartsWith(WithoutPlace, StringComparison.Ordinal))
                    .Select(one => new MoveCount(one.Key[WithoutPlace.Length..], one.Value.Rows))
                    .OrderBy(one => one.Title, StringComparer.Ordinal),
            ],
            await LinesAsync(target)
        );
    }

    private static async Task<IEnumerable<string>> LedgerAsync(IMovableStore store) =>
        (await RowsAsync(store)).Select(row => string.Join('\n', row)).Order(StringComparer.Ordinal);

    private static async Task<IReadOnlyList<LedgerLine>> LinesAsync(IMovableStore store) =>
        [
            .. (await RowsAsync(store)).Select(row => new LedgerLine(
                (string)row[0]!,
                (long)row[1]!,
                (long)row[2]!,
                (long)row[3]!,
                (long)row[5]!,
                (long)row[6]!,
                (long)row[7]!
            )),
        ];

    private static async Task<List<object?[]>> RowsAsync(IMovableStore store)
    {
        var rows = new List<object?[]>();
        var (position, isLast) = (MoveProgress.Start.Position, false);
        while (!isLast)
        {
            var slice = await store.ReadAsync(MoveTables.Ledger, position);
            rows.AddRange(slice.Rows);
            (position, isLast) = (slice.Next, slice.IsLast);
        }

        return rows;
    }

    private MoveMark Mark(Guid move, MoveStage stage) => new(move, stage, time.GetUtcNow());
}
