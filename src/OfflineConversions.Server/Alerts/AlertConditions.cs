using System.Globalization;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Reasons;

namespace OfflineConversions.Server.Alerts;

/// <summary>Finds the alerts that hold now. Called at intervals; remembers what grows and what is silent.</summary>
internal sealed class AlertConditions(
    ConnectionRegistry connections,
    ConnectionStates states,
    ILedger ledger,
    IRecoveryNotices recoveries,
    EndingConditions endings,
    OutboxDisk disk,
    SteadyTime time
)
{
    /// <summary>The age of the oldest waiting event from which a backlog is an alert.</summary>
    public static readonly TimeSpan OldBacklog = TimeSpan.FromMinutes(15);

    /// <summary>How long the failed list must not grow until its alert is resolved.</summary>
    public static readonly TimeSpan FailedQuiet = TimeSpan.FromHours(1);

    /// <summary>How long a connection that used to accept events may accept none.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromDays(1);

    /// <summary>
    /// How long after a start a connection is not called silent: its source may have to notice the start.
    /// </summary>
    public static readonly TimeSpan SilenceAfterStart = TimeSpan.FromHours(1);

    private readonly LastChanges _failures = new();
    private readonly LastChanges _arrivals = new();

    /// <summary>When the failed list of each connection last grew.</summary>
    public IReadOnlyDictionary<string, LastChange> LastFailures => _failures.All;

    /// <summary>When each connection last accepted events.</summary>
    public IReadOnlyDictionary<string, LastChange> LastArrivals => _arrivals.All;

    /// <summary>Takes over what was known before a restart.</summary>
    public void Restore(AlertMemory memory)
    {
        if (memory is not { Failures: { } failures, Arrivals: { } arrivals })
        {
            return;
        }

        _failures.Restore(failures);
        var silent = memory
            .Notified.Where(alert => alert.Name == AlertName.Silent)
            .Select(alert => alert.Connection)
            .ToHashSet(StringComparer.Ordinal);
        var latest = time.GetUtcNow() - Silence + SilenceAfterStart;
        _arrivals.Restore(
            arrivals.ToDictionary(
                entry => entry.Key,
                entry =>
                    silent.Contains(entry.Key) || entry.Value.At > latest
                        ? entry.Value
                        : entry.Value with
                        {
                            At = latest,
                        },
                StringComparer.Ordinal
            )
        );
    }

    /// <summary>The alerts that hold now.</summary>
    public async Task<AlertFindings> FindAsync(CancellationToken cancellationToken)
    {
        var lines = await ledger.LedgerAsync(cancellationToken);
        var backlogs = await ledger.BacklogAsync(cancellationToken);
        IReadOnlyList<Alert> alerts =
        [
            .. connections.All.Select(connection => Halt(connection, backlogs)).OfType<Alert>(),
            .. backlogs.Select(Backlog).OfType<Alert>(),
            .. lines.Select(Failures).OfType<Alert>(),
            .. lines.Where(line => connections.Find(line.Connection) is not null).Select(Silent).OfType<Alert>(),
            .. Service(),
            .. endings.Find(),
        ];
        _failures.EndRound();
        _arrivals.EndRound();
        return new AlertFindings(alerts, endings.MayStillHold);
    }

    private Alert? Halt(Connection connection, IReadOnlyList<Backlog> backlogs)
    {
        var status = states.Of(connection.Name).Status;
        if (!status.IsHalted)
        {
            return null;
        }

        var datasets = status.HaltedDatasets.OrderBy(entry => entry.Key, StringComparer.Ordinal).ToList();
        var reason = datasets.Count > 0 ? datasets[0].Value : status.Reason;
        // While a halted connection is paused as well, its reason is that of the pause.
        var entry = reason is null ? null : ReasonCatalogue.Find(reason, ReasonKind.Halted);
        var where = datasets.Count > 0 ? $" at dataset {string.Join(", ", datasets.Select(one => one.Key))}" : "";
        var waiting = backlogs.FirstOrDefault(backlog => backlog.Connection == connection.Name)?.Events ?? 0;
        return new Alert(
            AlertName.Halted,
            connection.Name,
            entry?.Code,
            $"Connection {connection.Name} is halted{where}. {entry?.Meaning} Waiting events: {Text(waiting)}; none "
                + "is lost.",
            entry?.Remedy ?? "See the state of the connection."
        );
    }

    private Alert? Backlog(Backlog backlog)
    {
        var age = time.GetUtcNow() - backlog.OldestCreatedAt;
        return age <= OldBacklog
            ? null
            : new Alert(
                AlertName.BacklogOld,
                backlog.Connection,
                states.Of(backlog.Connection).Status.Reason,
                $"The oldest of {Text(backlog.Events)} waiting events of connection {backlog.Connection} has waited "
                    + $"for {Text((long)age.TotalMinutes)} minutes.",
                "See the state of the connection. If it is active, raise Delivery:MaxConcurrency."
            );
    }

    private Alert? Failures(LedgerLine line)
    {
        // What was on the list at the start is old news; a list that shrinks is no alert either.
        var grown = _failures.Note(line.Connection, line.Failed, time.GetUtcNow());
        return grown is { HasGrown: true } && time.GetUtcNow() - grown.At < FailedQuiet
            ? new Alert(
                AlertName.FailedGrowing,
                line.Connection,
                Reason: null,
                $"Events of connection {line.Connection} move to the failed list. It has {Text(line.Failed)} events.",
                "Read GET /api/failed: each event has Meta's code and the field at fault."
            )
            : null;
    }

    private Alert? Silent(LedgerLine line)
    {
        var last = _arrivals.Note(line.Connection, line.Accepted, time.GetUtcNow());
        return line.Accepted > 0 && time.GetUtcNow() - last.At >= Silence
            ? new Alert(
                AlertName.Silent,
                line.Connection,
                Reason: null,
                $"Connection {line.Connection} has accepted no event for a day.",
                "Check the source: its key, its address, and whether it refuses events (GET /api/outcomes)."
            )
            : null;
    }

    private IEnumerable<Alert> Service()
    {
        if (disk.FreeBytes is { } free && free < disk.LeastBytes)
        {
            yield return new Alert(
                AlertName.DiskLow,
                Connection: null,
                Reason: null,
                $"The disk of the outbox has {Text(free / 1_000_000)} MB left.",
                "Make room, or let the backlog drain. A full disk refuses new events with 503."
            );
        }

        if (recoveries.Recoveries is { Count: > 0 } recovered)
        {
            yield return new Alert(
                AlertName.Recovered,
                Connection: null,
                recovered[^1].Cause,
                "The outbox was damaged and recovered at the start.",
                "Compare the counts in /readyz with the source, then POST /api/recovery/acknowledge."
            );
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
