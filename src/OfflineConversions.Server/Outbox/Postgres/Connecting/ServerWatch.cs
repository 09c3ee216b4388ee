namespace OfflineConversions.Server.Outbox.Postgres.Connecting;

/// <summary>
/// Since when the database server has accepted writes, as far as this replica knows. A standby that is promoted has
/// been running for long, so a server whose start differs from that of the last one counts as new.
/// </summary>
internal sealed class ServerWatch
{
    private readonly Lock _gate = new();
    private DateTimeOffset? _started;
    private DateTimeOffset _since;

    /// <summary>Notes which server responds.</summary>
    /// <param name="started">When it was started.</param>
    /// <param name="now">The time of its clock.</param>
    /// <returns>How long it has accepted writes.</returns>
    public TimeSpan AgeOf(DateTimeOffset started, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_started != started)
            {
                _since = _started is null ? started : now;
                _started = started;
            }

            return now - _since;
        }
    }
}
