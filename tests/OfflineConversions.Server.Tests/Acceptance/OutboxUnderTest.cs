using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Tests.Outbox;
using OfflineConversions.Server.Tests.Outbox.Postgres;
using Xunit.Sdk;

namespace OfflineConversions.Server.Tests.Acceptance;

/// <summary>
/// Where the services of the acceptance tests keep their events: in a file in their folder, or, if the environment
/// variable <c>ACCEPTANCE_OUTBOX</c> is <c>PostgreSql</c>, in a database for each folder.
/// </summary>
internal static class OutboxUnderTest
{
    private static readonly OutboxProvider Provider = Enum.Parse<OutboxProvider>(
        Environment.GetEnvironmentVariable("ACCEPTANCE_OUTBOX") ?? nameof(OutboxProvider.Sqlite)
    );

    /// <summary>Whether it is a file.</summary>
    public static bool IsFile => Provider == OutboxProvider.Sqlite;

    /// <summary>Skips a test that is about the file, if events are kept elsewhere.</summary>
    public static void MustBeFile()
    {
        if (!IsFile)
        {
            throw SkipException.ForSkip("Skipped: it is about the file of SQLite.");
        }
    }

    /// <summary>The connection string of the database of a folder, which is created if there is none.</summary>
    public static async Task<string> DatabaseAsync(TemporaryFolder folder) =>
        await (await PostgresServer.SharedAsync()).DatabaseAsync(Path.GetFileName(folder.Path));

    /// <summary>The environment variables with which a service in a folder finds its events.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> VariablesAsync(TemporaryFolder folder) =>
        IsFile
            ? new Dictionary<string, string>()
            : new Dictionary<string, string>
            {
                ["Outbox__Provider"] = nameof(OutboxProvider.PostgreSql),
                ["Outbox__ConnectionString"] = await DatabaseAsync(folder),
                ["Outbox__KeyDirectory"] = folder.File("keys"),
                // Other processes wait so long for what a killed one was sending.
                ["Outbox__LeaseDuration"] = "00:00:05",
            };
}
