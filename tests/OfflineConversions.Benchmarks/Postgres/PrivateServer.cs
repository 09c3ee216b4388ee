using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Benchmarks.Postgres;

/// <summary>
/// A PostgreSQL server of the packages of this machine, on a free port and on disk. It ends with this process, however
/// that ends. What is not set below has PostgreSQL's defaults: each commit is on disk.
/// </summary>
internal sealed class PrivateServer : IAsyncDisposable
{
    private const string User = "postgres";
    private const string Ready = "ready";

    /// <summary>Reads the password, starts the server, and stops it when its standard input ends.</summary>
    private const string Script = """
        set -e
        trap '' INT HUP
        umask 077
        mkdir "$2"
        head -n 1 > "$2/password"
        "$1/initdb" -D "$2/data" -U postgres -A scram-sha-256 --pwfile "$2/password" -E UTF8 --locale=C > "$2/log" 2>&1
        cat >> "$2/data/postgresql.conf" <<END
        port = $3
        listen_addresses = '127.0.0.1'
        unix_socket_directories = '$2'
        max_connections = 300
        shared_buffers = '1GB'
        max_wal_size = '4GB'
        END
        "$1/pg_ctl" -D "$2/data" -w -t 60 -l "$2/log" start >> "$2/log" 2>&1
        echo ready
        cat > /dev/null
        "$1/pg_ctl" -D "$2/data" -w -m immediate stop >> "$2/log" 2>&1 || true
        rm -rf "$2"
        """;

    private readonly Process _process;
    private readonly int _port;
    private readonly string _password;
    private int _databases;

    private PrivateServer(Process process, int port, string password) =>
        (_process, _port, _password) = (process, port, password);

    public static async Task<PrivateServer> StartAsync()
    {
        var (folder, port) = (Path.Combine(FolderOnDisk(), $"offline-conversions-{Guid.NewGuid():N}"), FreePort());
        string[] script = ["sh", "-c", Script, "sh", Programs(), folder, port.ToString(CultureInfo.InvariantCulture)];

        // The server does not run as root.
        string[] line = Environment.UserName == "root" ? ["runuser", "-u", User, "--", .. script] : script;
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            WorkingDirectory = "/",
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        var password = Guid.NewGuid().ToString("N");
        await process.StandardInput.WriteLineAsync(password);
        await process.StandardInput.FlushAsync();
        if (await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(2)) != Ready)
        {
            throw new InvalidOperationException($"PostgreSQL did not start: see {folder}/log.");
        }

        return new PrivateServer(process, port, password);
    }

    /// <summary>A new, empty database.</summary>
    public async Task<OutboxOptions> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"outbox{++_databases}");
        await ExecuteAsync(AddressOf(User), $"CREATE DATABASE {name}");
        return new OutboxOptions { Provider = OutboxProvider.PostgreSql, ConnectionString = AddressOf(name) };
    }

    /// <summary>How far the log of the server is, in bytes since its beginning.</summary>
    public async Task<long> WrittenAsync() =>
        (await AskAsync(AddressOf(User), "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint"))[0];

    /// <summary>Runs statements, however long they take.</summary>
    public static async Task ExecuteAsync(string address, string sql)
    {
        await using var connection = new NpgsqlConnection($"{address};Pooling=false;Command Timeout=0");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first row of a query of whole numbers.</summary>
    public static async Task<long[]> AskAsync(string address, string sql)
    {
        await using var connection = new NpgsqlConnection($"{address};Pooling=false;Command Timeout=0");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetInt64)];
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        _process.Dispose();
    }

    private string AddressOf(string database) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Host=127.0.0.1;Port={_port};Username={User};Password={_password};Database={database}"
        );

    private static string Programs()
    {
        const string Packages = "/usr/lib/postgresql";
        var found =
            Environment.GetEnvironmentVariable("POSTGRES_PROGRAMS") is { Length: > 0 } set ? [set]
            : Directory.Exists(Packages)
                ? Directory.GetDirectories(Packages).Select(folder => Path.Combine(folder, "bin")).Order().Reverse()
            : [];
        return found.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
            ?? throw new InvalidOperationException(
                "There is no PostgreSQL server. Install the package postgresql, or set POSTGRES_PROGRAMS to the folder "
                    + "of initdb and pg_ctl."
            );
    }

    // In memory, a commit would cost nothing.
    private static string FolderOnDisk() =>
        new[] { Path.GetTempPath(), "/var/tmp" }.FirstOrDefault(folder => new DriveInfo(folder).DriveFormat != "tmpfs")
        ?? throw new InvalidOperationException("The temporary folders are in memory. Set TMPDIR to one on disk.");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
