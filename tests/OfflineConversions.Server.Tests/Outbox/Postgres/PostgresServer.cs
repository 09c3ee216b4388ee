using System.Globalization;
using System.Text;
using Npgsql;
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

    /// <summary>The folder of its programs. A test that asks for it without them is skipped.</summary>
    public static string Programs =>
        PostgresProcess.FindPrograms() ?? throw SkipException.ForSkip($"Skipped: {PostgresProcess.Missing}");

    /// <summary>The server of the test run.</summary>
    public static Task<PostgresProcess> SharedAsync() => One.Value;

    /// <summary>Starts another one, for tests that stop or restart it.</summary>
    public static Task<PostgresProcess> StartAsync(params string[] settings) =>
        PostgresProcess.StartAsync(Programs, settings);

    /// <summary>A connection string to a new, empty database.</summary>
    public static async Task<string> CreateDatabaseAsync(this PostgresProcess server)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"outbox{Interlocked.Increment(ref _databases)}");
        await ExecuteAsync(server.ConnectionTo("postgres"), $"CREATE DATABASE {name}");
        return server.ConnectionTo(name);
    }

    /// <summary>A connection string to a new, empty database whose tables are in a folder.</summary>
    public static async Task<string> CreateDatabaseAsync(this PostgresProcess server, string folder)
    {
        await server.CreateFolderAsync(folder);
        var name = string.Create(CultureInfo.InvariantCulture, $"outbox{Interlocked.Increment(ref _databases)}");
        await ExecuteAsync(server.ConnectionTo("postgres"), $"CREATE TABLESPACE {name} LOCATION '{folder}'");
        await ExecuteAsync(server.ConnectionTo("postgres"), $"CREATE DATABASE {name} TABLESPACE {name}");
        return server.ConnectionTo(name);
    }

    /// <summary>A connection string to the database of a name, which is created if there is none.</summary>
    public static async Task<string> DatabaseAsync(this PostgresProcess server, string name)
    {
        var exists = $"SELECT EXISTS (SELECT FROM pg_database WHERE datname = '{name}')";
        if (!await AskAsync<bool>(server.ConnectionTo("postgres"), exists))
        {
            await ExecuteAsync(server.ConnectionTo("postgres"), $"CREATE DATABASE \"{name}\"");
        }

        return server.ConnectionTo(name);
    }

    /// <summary>Every byte of the tables of a database, as text.</summary>
    public static async Task<string> ContentAsync(string connectionString)
    {
        const string Names =
            "SELECT string_agg(format('%I.%I', schemaname, tablename), ';') FROM pg_tables "
            + "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        using var content = new MemoryStream();
        foreach (var table in (await AskAsync<string>(connectionString, Names)).Split(';'))
        {
            await using var rows = await connection.BeginRawBinaryCopyAsync(
                $"COPY (SELECT * FROM {table}) TO STDOUT (FORMAT binary)"
            );
            await rows.CopyToAsync(content);
        }

        return Encoding.Latin1.GetString(content.ToArray());
    }

    /// <inheritdoc cref="PostgresProcess.ExecuteAsync"/>
    public static Task ExecuteAsync(string connectionString, string sql) =>
        PostgresProcess.ExecuteAsync(connectionString, sql);

    /// <inheritdoc cref="PostgresProcess.AskAsync"/>
    public static Task<T> AskAsync<T>(string connectionString, string sql) =>
        PostgresProcess.AskAsync<T>(connectionString, sql);
}
