namespace OfflineConversions.Fuzzing.Processes;

/// <summary>
/// The database in which services keep their events: one server, or a primary with a synchronous standby.
/// </summary>
internal sealed class OutboxDatabase
{
    private const string Name = "outbox";

    private PostgresProcess _primary;
    private PostgresProcess? _standby;

    private OutboxDatabase(PostgresProcess primary) => _primary = primary;

    /// <summary>The settings of the outbox for every service that uses it, as JSON.</summary>
    public string Settings { get; private set; } = "";

    public static async Task<OutboxDatabase> StartAsync(string programs, bool hasStandby)
    {
        var database = new OutboxDatabase(await PostgresProcess.StartAsync(programs));
        await PostgresProcess.ExecuteAsync(database._primary.ConnectionTo("postgres"), $"CREATE DATABASE {Name}");
        if (hasStandby)
        {
            database._standby = await database._primary.AddStandbyAsync();
        }

        var connection = database._standby is { } standby
            ? database._primary.ConnectionTo(Name, standby)
            : database._primary.ConnectionTo(Name);
        database.Settings = $$"""
            { "Provider": "PostgreSql", "ConnectionString": "{{connection}}", "LeaseDuration": "00:00:05" }
            """;
        return database;
    }

    /// <summary>Kills the server and starts it again.</summary>
    public async Task RestartAsync(TimeSpan pause)
    {
        await _primary.CrashAsync();
        await Task.Delay(pause);
        await _primary.StartAgainAsync();
    }

    /// <summary>Kills the primary for ever, promotes its standby, and gives that a standby at the same port.</summary>
    public async Task FailOverAsync(TimeSpan pause)
    {
        await _primary.CrashAsync();
        await Task.Delay(pause);
        await _standby!.PromoteAsync();
        (_primary, var gone) = (_standby, _primary);
        await Task.Delay(pause);
        _standby = await _primary.AddStandbyAsync(gone.Port);
    }
}
