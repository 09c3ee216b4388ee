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
        var wasComplete = plan.Next == MoveStep.Clear;
        var move = plan.Move ?? Guid.NewGuid();
        switch (plan.Next)
        {
            case MoveStep.Begin:
                await BeginAsync(move);
                goto case MoveStep.Copy;
            case MoveStep.Copy:
                await CopyAsync(cancellationToken);
                await CompareAsync();
                await source.WriteMarkAsync(Mark(move, MoveStage.Left));
                goto case MoveStep.Open;
            case MoveStep.Open:
                await target.WriteMarkAsync(Mark(move, MoveStage.Arrived));
                goto case MoveStep.Clear;
            case MoveStep.Clear:
                await source.ClearAsync();
                break;
            default:
                throw new SettingUnusableException(plan.Refusal!);
        }

        return await ReportAsync(wasComplete);
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
            await target.ClearAsync();
            await target.WriteMarkAsync(null);
        }

        await source.WriteMarkAsync(null);
    }

    private async Task<MovePlan> PlanAsync() => MovePlan.Of(await SideAsync(source), await SideAsync(target));

    private static async Task<MoveSide> SideAsync(IMovableStore store)
    {
        var mark = await store.ReadMarkAsync();
        var hasBegun = mark?.Stage == MoveStage.Arriving && (await store.ReadProgressAsync()).Count > 0;
        return new MoveSide(store.Name, mark, !hasBegun && await store.IsEmptyAsync());
    }

    private async Task BeginAsync(Guid move)
    {
        var before = await source.ReadMarkAsync();
        await source.WriteMarkAsync(Mark(move, MoveStage.Leaving));
        try
        {
            await target.ClearAsync();
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

/// <summary>What a move has moved.</summary>
/// <param name="WasComplete">Whether an earlier process had done everything.</param>
/// <param name="Moved">The rows of each table.</param>
/// <param name="WithoutPlace">What the target has no place for.</param>
/// <param name="Ledger">The ledger of the target.</param>
internal sealed record MoveReport(
    bool WasComplete,
    IReadOnlyList<MoveCount> Moved,
    IReadOnlyList<MoveCount> WithoutPlace,
    IReadOnlyList<LedgerLine> Ledger
);

/// <summary>
/// The move stopped: a store does not work, or the copy is not what it should be. The source still holds everything.
/// </summary>
internal sealed class MoveFailedException(string message, Exception? innerException = null)
    : Exception(message, innerException);
