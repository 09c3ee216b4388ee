using System.Globalization;
using OfflineConversions.Fuzzing.Processes;
using Xunit.Sdk;

namespace OfflineConversions.Server.Tests.Outbox.Postgres;

/// <summary>
/// A private PostgreSQL server of the packages of this machine. Without them, tests that need it are skipped and say
/// so.
/// </summary>
internal static class PostgresServer
{
    private static readonly Lazy<Task<PostgresProcess>> One = new(() => StartAsync());
    private static int _databases;

    /// <summary>The server of the test run.</summary>
    public static Task<PostgresProcess> SharedAsync() => One.Value;

    /// <summary>Starts another one, for tests that stop or restart it.</summary>
    public static Task<PostgresProcess> StartAsync(params string[] settings) =>
        PostgresProcess.FindPrograms() is { } programs
            ? PostgresProcess.StartAsync(programs, settings)
            : throw SkipException.ForSkip($"Skipped: {PostgresProcess.Missing}");

    /// <summary>Starts one that can have a standby, which the programs from npm cannot make.</summary>
    public static Task<PostgresProcess> StartWithStandbysAsync() =>
        PostgresProcess.FindPrograms() is { } programs && !PostgresProcess.CanCopy(programs)
            ? throw SkipException.ForSkip($"Skipped: {programs} has no pg_basebackup.")
            : StartAsync();

    /// <summary>A connection string to a new, empty database.</summary>
    public static async Task<string> CreateDatabaseAsync(this PostgresProcess server)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"outbox{Interlocked.Increment(ref _databases)}");
        await ExecuteAsync(server.ConnectionTo("postgres"), $"CREATE DATABASE {name}");
        return server.ConnectionTo(name);
    }

    /// <inheritdoc cref="PostgresProcess.ExecuteAsync"/>
    public static Task ExecuteAsync(string connectionString, string sql) =>
        PostgresProcess.ExecuteAsync(connectionString, sql);

    /// <inheritdoc cref="PostgresProcess.AskAsync"/>
    public static Task<T> AskAsync<T>(string connectionString, string sql) =>
        PostgresProcess.AskAsync<T>(connectionString, sql);
}
