using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace OfflineConversions.Fuzzing.Processes;

/// <summary>
/// A private PostgreSQL server on a free port, of the programs that this machine has. It ends with this process,
/// however that ends.
/// </summary>
internal sealed class PostgresProcess
{
    /// <summary>How to get the programs.</summary>
    public const string Missing =
        "no PostgreSQL server on this machine. Install the package postgresql, or set POSTGRES_PROGRAMS to the folder "
        + "of initdb and pg_ctl.";

    private const string User = "postgres";

    /// <summary>The password of its only user.</summary>
    public const string Password = "pass-of-tests";

    private readonly string _programs;
    private readonly string _folder;

    private PostgresProcess(string programs, string folder, int port)
    {
        (_programs, _folder, Port) = (programs, folder, port);
    }

    /// <summary>Where it listens, at 127.0.0.1.</summary>
    public int Port { get; }

    private static bool IsRoot => Environment.UserName == "root";

    private string Data => Path.Combine(_folder, "data");

    /// <summary>The folder of the programs: of the newest package, or the one that the environment names.</summary>
    /// <returns><see langword="null"/> if there is none.</returns>
    public static string? FindPrograms()
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
        return found is not null && File.Exists(Path.Combine(found, "initdb")) ? found : null;
    }

    /// <summary>Starts an empty server.</summary>
    /// <param name="programs">See <see cref="FindPrograms"/>.</param>
    /// <param name="settings">Lines of its configuration.</param>
    public static async Task<PostgresProcess> StartAsync(string programs, params string[] settings)
    {
        var server = await CreateAsync(programs, FreePort.Find());
        var password = Path.Combine(server._folder, "password");
        await File.WriteAllTextAsync(password, Password);
        string[] how = ["-U", User, "-A", "scram-sha-256", "--pwfile", password, "-E", "UTF8", "--locale=C"];
        await server.RunAsUserAsync("initdb", ["-D", server.Data, .. how]);
        await server.BeginAsync(["max_connections = 300", "wal_keep_size = '256MB'", .. settings]);
        return server;
    }

    /// <summary>Starts a standby that copies this server, and waits until each commit of this one is on both.</summary>
    /// <param name="port">Where it listens; a free port by default.</param>
    public async Task<PostgresProcess> AddStandbyAsync(int? port = null)
    {
        var standby = await CreateAsync(_programs, port ?? FreePort.Find());
        await PostgresCopy.MakeStandbyAsync(ConnectionTo(User), Data, standby.Data, Primary);
        await standby.OwnAsync();
        await standby.BeginAsync([]);
        await ExecuteAsync(ConnectionTo(User), "ALTER SYSTEM SET synchronous_standby_names = '*'");
        await ExecuteAsync(ConnectionTo(User), "SELECT pg_reload_conf()");
        while (await AskAsync<long>(ConnectionTo(User), SynchronousStandbys) == 0)
        {
            await Task.Delay(100);
        }

        return standby;
    }

    /// <summary>Creates a folder that the server may write.</summary>
    public Task CreateFolderAsync(string path)
    {
        Directory.CreateDirectory(path);
        return OwnAsync(path);
    }

    /// <summary>Makes a standby a server of its own.</summary>
    public Task PromoteAsync() => RunAsUserAsync("pg_ctl", "-D", Data, "-w", "promote");

    /// <summary>A connection string to a database.</summary>
    public string ConnectionTo(string database) => $"Host=127.0.0.1;Port={Port};{AsUserOf(database)}";

    /// <summary>A connection string to a database of whichever of two servers accepts writes.</summary>
    public string ConnectionTo(string database, PostgresProcess other) =>
        $"Host=127.0.0.1:{Port},127.0.0.1:{other.Port};{AsUserOf(database)}";

    /// <summary>Kills every process of the server at once, as a crash does.</summary>
    public Task CrashAsync() => RunAsUserAsync("pg_ctl", "-D", Data, "-m", "immediate", "stop");

    /// <summary>Starts it again after a crash.</summary>
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

    private const string SynchronousStandbys = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";

    private string Primary => $"host=127.0.0.1 port={Port} user={User} password={Password}";

    private static string AsUserOf(string database) =>
        $"Username={User};Password={Password};Database={database};Maximum Pool Size=20";

    private static async Task<PostgresProcess> CreateAsync(string programs, int port)
    {
        var root = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        var server = new PostgresProcess(
            programs,
            Path.Combine(root, $"offline-conversions-tests-{Guid.NewGuid():N}"),
            port
        );
        Directory.CreateDirectory(server._folder);
        await server.OwnAsync();
        return server;
    }

    // The server does not run as root.
    private Task OwnAsync(string? folder = null) =>
        IsRoot ? RunAsync("chown", "-R", User, folder ?? _folder) : Task.CompletedTask;

    private async Task BeginAsync(string[] settings)
    {
        string[] all =
        [
            string.Create(CultureInfo.InvariantCulture, $"port = {Port}"),
            "listen_addresses = '127.0.0.1'",
            $"unix_socket_directories = '{_folder}'",
            .. settings,
        ];
        await File.AppendAllLinesAsync(Path.Combine(Data, "postgresql.conf"), all);
        await StartAgainAsync();
        StopWithThisProcess();
    }

    private Task RunAsUserAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(_programs, program);
        return IsRoot ? RunAsync("runuser", ["-u", User, "--", path, .. arguments]) : RunAsync(path, arguments);
    }

    private void StopWithThisProcess()
    {
        var stop = $"{Path.Combine(_programs, "pg_ctl")} -D {Data} -m immediate stop";
        var asUser = IsRoot ? $"runuser -u {User} -- {stop}" : stop;
        AfterThisProcess.Run($"{asUser} >/dev/null 2>&1; rm -rf {_folder}");
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
