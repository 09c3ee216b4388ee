using OfflineConversions.Server.Outbox.Sqlite.Reading;
using OfflineConversions.Server.Outbox.Sqlite.Writing;

namespace OfflineConversions.Server.Outbox.Sqlite;

/// <summary>Pauses and halts in a SQLite outbox.</summary>
internal sealed class SqliteConnectionStates(OperatorReader reader, WriteQueue queue, DatabaseFile file)
    : IConnectionStateStore
{
    /// <inheritdoc/>
    public ValueTask SetPausedAsync(string connection, bool paused, CancellationToken cancellationToken) =>
        new(queue.ChangeAsync(transaction => transaction.Pauses.Set(connection, paused, transaction.Now)));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PausedConnection>> PausedAsync(CancellationToken cancellationToken) =>
        file.NoteDamageOf(reader.PausedAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask<HaltChange> HaltAsync(
        HaltScope scope,
        string reason,
        TimeSpan probeIn,
        CancellationToken cancellationToken
    ) => new(queue.ChangeAsync(transaction => transaction.Halts.Set(scope, reason, probeIn, transaction.Now)));

    /// <inheritdoc/>
    public ValueTask<bool> TryProbeAsync(HaltScope scope, TimeSpan patience, CancellationToken cancellationToken) =>
        new(queue.ChangeAsync(transaction => transaction.Halts.TryProbe(scope, patience, transaction.Now)));

    /// <inheritdoc/>
    public ValueTask ProbeNowAsync(string connection, CancellationToken cancellationToken) =>
        new(queue.ChangeAsync(transaction => transaction.Halts.ProbeNow(connection, transaction.Now)));

    /// <inheritdoc/>
    public ValueTask<bool> EndHaltAsync(HaltScope scope, CancellationToken cancellationToken) =>
        new(queue.ChangeAsync(transaction => transaction.Halts.End(scope)));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Halt>> HaltsAsync(CancellationToken cancellationToken) =>
        file.NoteDamageOf(reader.HaltsAsync(cancellationToken));
}
