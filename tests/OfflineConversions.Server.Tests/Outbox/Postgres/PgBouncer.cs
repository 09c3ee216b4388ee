using Npgsql;
using OfflineConversions.Fuzzing.Processes;
using Xunit.Sdk;

namespace OfflineConversions.Server.Tests.Outbox.Postgres;

/// <summary>
/// A pgbouncer in transaction mode in front of the server of the test run, with few server connections, so that
/// transactions of one client often get different ones. It ends with this process. Without the program, tests that need
/// it are skipped and say so.
/// </summary>
internal static class PgBouncer
{
    private static readonly string[] Folders = ["/usr/sbin", "/usr/bin", "/usr/local/bin"];
    private static readonly Lazy<Task<int>> Port = new(StartAsync);

    /// <summary>A connection string to a database of the server, through pgbouncer.</summary>
    public static async Task<string> ConnectionToAsync(string connectionString) =>
        Through(await Port.Value, connectionString);

    private static string Through(int port, string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Port = port }.ConnectionString;

    private static async Task<int> StartAsync()
    {
        var program = Folders.Select(folder => Path.Combine(folder, "pgbouncer")).FirstOrDefault(File.Exists)
            ?? throw SkipException.ForSkip("Skipped: no pgbouncer on this machine. Install the package pgbouncer.");
        var server = await PostgresServer.SharedAsync();
        var folder = Directory.CreateTempSubdirectory("pgbouncer-").FullName;
        var port = FreePort.Find();
        var settings = Path.Combine(folder, "pgbouncer.ini");
        await File.WriteAllTextAsync(
            settings,
            $"""
            [databases]
            * = host=127.0.0.1 port={server.Port} user=postgres password={PostgresProcess.Password}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            default_pool_size = 3
            max_client_conn = 1000
            server_idle_timeout = 2
            """
        );
        Start(program, settings, folder);
        var database = Through(port, server.ConnectionTo("postgres"));
        await Wait.UntilAsync(async () =>
        {
            try
            {
                return await PostgresServer.AskAsync<int>(database, "SELECT 1") == 1;
            }
            catch (NpgsqlException)
            {
                return false;
            }
        });
        return port;
    }

    // It does not run as root.
    private static void Start(string program, string settings, string folder)
    {
        var asUser = Environment.UserName == "root" ? "-u postgres" : "";
        AfterThisProcess.Run(
            $"kill $started; rm -rf {folder}",
            first: $"chmod 755 {folder}; {program} -q {asUser} {settings} >/dev/null 2>&1 & started=$!"
        );
    }
}
