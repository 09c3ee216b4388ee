using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Xunit.Sdk;

namespace OfflineConversions.Server.Tests.Outbox.Postgres;

/// <summary>
/// A private PostgreSQL server of the packages of this machine, on a free port. It ends with the test run, however that
/// ends. Without the packages, tests that need it are skipped and say so.
/// </summary>
internal sealed class PostgresServer
{
    public const string User = "postgres";
    public const string Password = "pass-of-tests";

    private static readonly Lazy<Task<PostgresServer>> One = new(() => StartAsync());
    private static int _databases;

    private readonly string _programs;
    private readonly string _folder;

    private PostgresServer(string programs, string folder, int port)
    {
        (_programs, _folder, Port) = (programs, folder, port);
    }

    public int Port { get; }

    private static bool IsRoot => Environment.UserName == "root";

    /// <summary>The server of the test run.</summary>
    public static Task<PostgresServer> SharedAsync() => One.Value;

    /// <summary>Starts another one, for tests that stop or restart it.</summary>
    public static async Task<PostgresServer> StartAsync(params string[] settings)
    {
        var programs = FindPrograms();
        var root = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        var folder = Path.Combine(root, $"offline-conversions-tests-{Guid.NewGuid():N}");
        var server = new PostgresServer(programs, folder, FreePort());
        Directory.CreateDirectory(folder);
        var passwordFile = Path.Combine(folder, "password");
        await File.WriteAllTextAsync(passwordFile, Password);
        if (IsRoot)
        {
            await RunAsync("chown", "-R", User, folder);
        }

        await server.RunAsUserAsync(
            "initdb",
            "-D",
            server.Data,
            "-U",
            User,
            "-A",
            "scram-sha-256",
            "--pwfile",
            passwordFile,
            "-E",
            "UTF8",
            "--locale=C"
        );
        string[] all =
        [
            string.Create(CultureInfo.InvariantCulture, $"port = {server.Port}"),
            "listen_addresses = '127.0.0.1'",
            $"unix_socket_directories = '{folder}'",
            "max_connections = 300",
            .. settings,
        ];
        await File.AppendAllLinesAsync(Path.Combine(server.Data, "postgresql.conf"), all);
        await server.StartAgainAsync();
        server.StopWithThisProcess();
        return server;
    }

    /// <summary>A connection string to a new, empty database.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"outbox{Interlocked.Increment(ref _databases)}");
        await ExecuteAsync(ConnectionTo("postgres"), $"CREATE DATABASE {name}");
        return ConnectionTo(name);
    }

    public string ConnectionTo(string database) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Host=127.0.0.1;Port={Port};Username={User};Password={Password};Database={database};Maximum Pool Size=20"
        );

    /// <summary>Kills every process of the server at once, as a crash does.</summary>
    public Task CrashAsync() => RunAsUserAsync("pg_ctl", "-D", Data, "-m", "immediate", "stop");

    public Task StartAgainAsync() =>
        RunAsUserAsync("pg_ctl", "-D", Data, "-w", "-t", "60", "-l", Path.Combine(_folder, "log"), "start");

    /// <summary>Runs statements.</summary>
    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first value of a query.</summary>
    public static async Task<T> AskAsync<T>(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private string Data => Path.Combine(_folder, "data");

    private static string FindPrograms()
    {
        var found =
            Environment.GetEnvironmentVariable("POSTGRES_PROGRAMS") is { Length: > 0 } set ? set
            : Directory.Exists("/usr/lib/postgresql")
                ? Directory
                    .EnumerateDirectories("/usr/lib/postgresql")
                    .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var number) ? number : 0)
                    .Select(folder => Path.Combine(folder, "bin"))
                    .FirstOrDefault()
            : null;
        return found is not null && File.Exists(Path.Combine(found, "initdb"))
            ? found
            : throw SkipException.ForSkip(
                "Skipped: no PostgreSQL server on this machine. Install the package postgresql, or set "
                    + "POSTGRES_PROGRAMS to the folder of initdb and pg_ctl."
            );
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // The server does not run as root.
    private Task RunAsUserAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(_programs, program);
        return IsRoot ? RunAsync("runuser", ["-u", User, "--", path, .. arguments]) : RunAsync(path, arguments);
    }

    private void StopWithThisProcess()
    {
        var stop = $"{Path.Combine(_programs, "pg_ctl")} -D {Data} -m immediate stop";
        var asUser = IsRoot ? $"runuser -u {User} -- {stop}" : stop;
        var start = new ProcessStartInfo("setsid")
        {
            ArgumentList =
            {
                "sh",
                "-c",
                $"while kill -0 {Environment.ProcessId} 2>/dev/null; do sleep 1; done; {asUser} >/dev/null 2>&1; "
                    + $"rm -rf {_folder}",
            },
            WorkingDirectory = "/",
        };
        Process.Start(start)!.Dispose();
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // The output is not read: the server would inherit the pipe and keep it open.
        var start = new ProcessStartInfo("sh")
        {
            ArgumentList = { "-c", "exec \"$@\" >/dev/null 2>&1", "sh", program },
            WorkingDirectory = "/",
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120));
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed.");
        }
    }
}
