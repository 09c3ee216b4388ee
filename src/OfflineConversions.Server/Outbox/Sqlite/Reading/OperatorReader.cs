using System.Text;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Rows;

namespace OfflineConversions.Server.Outbox.Sqlite.Reading;

/// <summary>
/// Lists and counts for the operator. On a separate connection, so that a long list does not delay deliveries.
/// </summary>
internal sealed class OperatorReader : IAsyncDisposable
{
    // Shown for an event that is damaged or cannot be decrypted. It stays on the list and is not sent again.
    private static readonly byte[] Unreadable = [.. """{"unreadable":true}"""u8];

    private readonly ReadConnection _reader;
    private readonly PayloadEncryption _encryption;
    private readonly Statement _backlog;
    private readonly Statement _failed;
    private readonly Statement _count;
    private readonly Statement _causes;
    private readonly Statement _ledger;
    private readonly Statement _paused;
    private readonly Statement _delivered;
    private readonly Statement _halts;
    private readonly Statement _alerts;
    private readonly Statement _notifications;

    public OperatorReader(SqliteConnection connection, PayloadEncryption encryption)
    {
        _encryption = encryption;
        _reader = new ReadConnection(connection);
        _backlog = _reader.Prepare(
            """
            SELECT ledger.connection, waiting_events, waiting_bytes,
                (SELECT min((SELECT min(created_at) FROM chunks WHERE destination = destinations.id))
                 FROM destinations WHERE destinations.connection = ledger.connection)
            FROM ledger WHERE waiting_events > 0 ORDER BY ledger.connection
            """
        );
        _failed = _reader.Prepare(
            $"""
            SELECT failed.id, connection, api, dataset, upload_tag, failed_at, attempts, reason, code, subcode, title,
                trace_id, payload, format, expires_at, field
            FROM failed JOIN destinations ON destinations.id = failed.destination
            WHERE {FailedCondition.Sql} AND failed.id < ?6
            ORDER BY failed.id DESC LIMIT ?7
            """
        );
        _count = _reader.Prepare(
            $"""
            SELECT count(*), ifnull(max(failed.id), 0)
            FROM failed JOIN destinations ON destinations.id = failed.destination WHERE {FailedCondition.Sql}
            """
        );
        _causes = _reader.Prepare(
            $"""
            SELECT connection, dataset, reason, code, subcode, title, count(*), min(failed_at), max(failed_at) AS last
            FROM failed JOIN destinations ON destinations.id = failed.destination WHERE {FailedCondition.Sql}
            GROUP BY connection, dataset, reason, code, subcode, title ORDER BY last DESC, count(*) DESC
            """
        );
        _paused = _reader.Prepare("SELECT connection, since FROM paused ORDER BY connection");
        _halts = _reader.Prepare(
            "SELECT connection, dataset, reason, since, probe_at FROM halts ORDER BY connection, dataset"
        );
        _delivered = _reader.Prepare(
            "SELECT connection, delivered_at FROM ledger WHERE delivered_at > 0 ORDER BY connection"
        );
        _ledger = _reader.Prepare(
            """
            SELECT connection, accepted, delivered, waiting_events, failed, discarded, expired
            FROM ledger ORDER BY connection
            """
        );
        _alerts = _reader.Prepare("SELECT content FROM alert_state ORDER BY id LIMIT 1");
        _notifications = _reader.Prepare("SELECT id, webhook, content FROM alert_notifications ORDER BY number");
    }

    public ValueTask<IReadOnlyList<Backlog>> BacklogAsync(CancellationToken cancellationToken) =>
        Rows(_backlog, row => new Backlog(row.Text(0), row.Integer(1), row.Integer(2), row.Time(3)), cancellationToken);

    public ValueTask<IReadOnlyList<LedgerLine>> LedgerAsync(CancellationToken cancellationToken) =>
        Rows(
            _ledger,
            row => new LedgerLine(
                row.Text(0),
                row.Integer(1),
                row.Integer(2),
                row.Integer(3),
                row.Integer(4),
                row.Integer(5),
                row.Integer(6)
            ),
            cancellationToken
        );

    public ValueTask<IReadOnlyList<FailedEvent>> FailedAsync(FailedQuery query, CancellationToken cancellationToken)
    {
        var bytes = 0L;
        return Rows(
            _failed,
            ReadFailed,
            cancellationToken,
            statement => statement.Bind(query).Bind(6, query.Before ?? long.MaxValue).Bind(7, query.Limit),
            failed => (bytes += failed.Payload.Length) >= query.MostBytes
        );
    }

    private FailedEvent ReadFailed(Statement row)
    {
        var destination = StoredDestination.Read(row, 1);
        var content = new RowContent(row.Blob(12), row.Integer(13), row.Time(14)).Read(_encryption, destination);
        return new FailedEvent(
            row.Integer(0),
            destination.Value
                ?? new Destination(destination.Connection, default, destination.DatasetId, destination.UploadTag),
            row.Time(5),
            (int)row.Integer(6),
            new Burial(
                0,
                row.Text(7),
                row.OptionalInteger(8),
                row.OptionalInteger(9),
                row.OptionalText(10),
                row.OptionalText(11),
                row.OptionalText(15)
            ),
            content.IsReadable ? content.Events[0].Payload : Unreadable
        );
    }

    /// <summary>The number of selected events of the failed list, and the number of the last one.</summary>
    public async ValueTask<FailedCount> CountFailedAsync(
        FailedSelection selection,
        CancellationToken cancellationToken
    ) =>
        (
            await Rows(
                _count,
                row => new FailedCount(row.Integer(0), row.Integer(1)),
                cancellationToken,
                statement => statement.Bind(selection)
            )
        )[0];

    public ValueTask<IReadOnlyList<FailedCause>> FailedCausesAsync(
        FailedSelection selection,
        CancellationToken cancellationToken
    ) =>
        Rows(
            _causes,
            row => new FailedCause(
                row.Text(0),
                row.Text(1),
                row.Text(2),
                row.OptionalInteger(3),
                row.OptionalInteger(4),
                row.OptionalText(5),
                row.Integer(6),
                row.Time(7),
                row.Time(8)
            ),
            cancellationToken,
            statement => statement.Bind(selection)
        );

    public ValueTask<IReadOnlyList<PausedConnection>> PausedAsync(CancellationToken cancellationToken) =>
        Rows(_paused, row => new PausedConnection(row.Text(0), row.Time(1)), cancellationToken);

    public ValueTask<IReadOnlyList<Halt>> HaltsAsync(CancellationToken cancellationToken) =>
        Rows(
            _halts,
            row => new Halt(
                new HaltScope(row.Text(0), row.Text(1) is { Length: > 0 } dataset ? dataset : null),
                row.Text(2),
                row.Time(3),
                row.Time(4)
            ),
            cancellationToken
        );

    public ValueTask<IReadOnlyList<LastDelivery>> LastDeliveriesAsync(CancellationToken cancellationToken) =>
        Rows(_delivered, row => new LastDelivery(row.Text(0), row.Time(1)), cancellationToken);

    public async ValueTask<SavedAlerts> AlertsAsync(CancellationToken cancellationToken) =>
        new(
            await Rows(_alerts, row => row.Text(0), cancellationToken) is [var state, ..] ? state : null,
            await Rows(
                _notifications,
                row => new SavedNotification(row.Text(0), row.Text(1), Encoding.UTF8.GetString(row.Span(2))),
                cancellationToken
            )
        );

    public ValueTask DisposeAsync() => _reader.DisposeAsync();

    private ValueTask<IReadOnlyList<T>> Rows<T>(
        Statement statement,
        Func<Statement, T> read,
        CancellationToken cancellationToken,
        Action<Statement>? bind = null,
        Predicate<T>? isLast = null
    ) =>
        _reader.ReadAsync<IReadOnlyList<T>>(
            () =>
            {
                var rows = new List<T>();
                bind?.Invoke(statement);
                while (statement.Read())
                {
                    var row = read(statement);
                    rows.Add(row);
                    if (isLast?.Invoke(row) == true)
                    {
                        statement.Reset();
                        break;
                    }
                }

                return rows;
            },
            cancellationToken
        );
}

/// <summary>A count of the failed list.</summary>
/// <param name="Events">The selected events.</param>
/// <param name="Last">The number of the last one.</param>
internal readonly record struct FailedCount(long Events, long Last);
