using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>The imports at their simplest, in memory. The owner holds a lock.</summary>
internal sealed class InMemoryImports
{
    private readonly List<Row> _rows = [];
    private long _numbers;

    /// <summary>The process is gone: what says that it is running is interrupted.</summary>
    public void Interrupt() => _rows.ForEach(row => row.IsOfThisProcess = false);

    public ImportBeginning Begin(NewImport import, DateTimeOffset forgetBefore, DateTimeOffset now)
    {
        _rows.RemoveAll(row =>
            (row.Record.EndedAt ?? row.Record.StartedAt) < forgetBefore
            || (row.Record.Import.Id == import.Id && row.Record.Import.IsDryRun)
        );
        var known = _rows.Find(row => row.Record.Import.Id == import.Id);
        if (known is not null && (import.IsDryRun || known.Record.Import.Connection != import.Connection))
        {
            return new ImportBeginning(default, known.Record, IsTaken: true);
        }

        var before = known?.Record;
        if (known is null)
        {
            _rows.Add(
                known = new Row(
                    new ImportRecord(++_numbers, import, ImportState.Running, now, null, ImportProgress.None, null)
                )
            );
        }

        known.Run++;
        known.IsOfThisProcess = true;
        known.Record = known.Record with { State = ImportState.Running, EndedAt = null, Problem = null };
        return new ImportBeginning(new ImportRun(known.Record.Number, known.Run), before);
    }

    public bool IsCurrent(ImportRun run) => Find(run) is not null;

    public void Save(ImportRun run, ImportStep step)
    {
        var row = Find(run)!;
        row.Record = row.Record with { Progress = step.Progress };
        row.Rejected.AddRange(step.Rejected);
    }

    public void End(ImportRun run, ImportEnd end, DateTimeOffset now)
    {
        if (Find(run) is { } row)
        {
            if (end.Step is { } step)
            {
                Save(run, step);
            }

            row.Record = row.Record with { State = end.State, Problem = end.Problem, EndedAt = now };
        }
    }

    public ImportRecord? Cancel(string id, DateTimeOffset now)
    {
        var row = _rows.Find(one => one.Record.Import.Id == id);
        if (row?.Record.State is ImportState.Running or ImportState.Interrupted)
        {
            row.Record = row.Record with { State = ImportState.Cancelled, EndedAt = now, Problem = null };
        }

        return row?.Record;
    }

    public ImportRecord? Find(string id) => _rows.Find(row => row.Record.Import.Id == id)?.Now;

    public IReadOnlyList<ImportRecord> List(long? before, int limit) =>
        [
            .. _rows
                .Select(row => row.Now)
                .Where(import => import.Number < (before ?? long.MaxValue))
                .OrderByDescending(import => import.Number)
                .Take(limit),
        ];

    public IReadOnlyList<RejectedRow> Rejected(long import, int after, int limit) =>
        [.. _rows.Where(row => row.Record.Number == import).SelectMany(row => row.Rejected).Skip(after).Take(limit)];

    private Row? Find(ImportRun run) =>
        _rows.Find(row =>
            row.Record.Number == run.Import && row.Run == run.Number && row.Record.State == ImportState.Running
        );

    private sealed class Row(ImportRecord record)
    {
        public ImportRecord Record { get; set; } = record;

        public long Run { get; set; }

        public bool IsOfThisProcess { get; set; }

        public List<RejectedRow> Rejected { get; } = [];

        public ImportRecord Now =>
            Record.State == ImportState.Running && !IsOfThisProcess
                ? Record with
                {
                    State = ImportState.Interrupted,
                }
                : Record;
    }
}
