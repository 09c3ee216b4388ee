using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite;

/// <summary>The file itself: its version, its owner, and what it holds.</summary>
public partial class SqliteOutboxTests
{
    [Fact]
    public async Task A_file_of_the_first_version_keeps_its_failed_events()
    {
        if (Encrypt)
        {
            return; // It had nothing encrypted.
        }

        await BuryAsync("a");
        await Outbox.DisposeAsync();
        Ask(
            "DROP TABLE halts; ALTER TABLE chunks DROP COLUMN format; ALTER TABLE failed DROP COLUMN format; UPDATE "
                + "failed SET payload = CAST('{\"n\":\"a\"}' AS BLOB); DROP TABLE taken_keys; CREATE TABLE "
                + "deduplication_keys (key BLOB PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID; DROP "
                + "TABLE paused; DROP INDEX failed_age; ALTER TABLE failed DROP COLUMN expires_at; ALTER TABLE failed "
                + "DROP COLUMN closed; ALTER TABLE chunks DROP COLUMN closed; DROP TABLE payload_keys; DROP TABLE "
                + "suppressed; DROP TABLE recoveries; DROP TABLE wal_mark; ALTER TABLE failed DROP COLUMN field; "
                + "ALTER TABLE ledger DROP COLUMN delivered_at; PRAGMA user_version = 1"
        );

        await RestartAsync();

        (await Outbox.ResolveFailedAsync(new FailedSelection(), Resolution.Replay, default))
            .Should()
            .Be(new ResolvedEvents(1));
        (await Lease())
            .Single()
            .Events.Single()
            .ExpiresAt.Should()
            .Be(DateTimeOffset.UnixEpoch, "only the payload has it");
    }

    [Fact]
    public void A_second_process_on_the_same_file_is_refused_with_the_path()
    {
        FluentActions.Invoking(() => Open(File)).Should().Throw<InvalidOperationException>().WithMessage($"*{File}*");
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_left_alone()
    {
        await Outbox.DisposeAsync();
        Ask("PRAGMA user_version = 99");

        FluentActions
            .Invoking(() => Open(File))
            .Should()
            .Throw<InvalidOperationException>()
            .WithMessage("*newer version*99*");
        Ask("PRAGMA user_version").Should().Be("99");
    }

    [Fact]
    public void Only_the_owner_may_read_the_folder_and_its_files()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var folder = Path.GetDirectoryName(File)!;
        System
            .IO.File.GetUnixFileMode(folder)
            .Should()
            .Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var files = Directory.GetFiles(folder);
        files.Should().HaveCountGreaterThan(2);
        foreach (var file in files)
        {
            System.IO.File.GetUnixFileMode(file).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }
    }

    [Fact]
    public async Task The_files_hold_digests_of_event_names_and_ids_and_nothing_temporary()
    {
        await Append(Some.Entry("jane.doe@example.com", eventName: "Order of Jane Doe", payload: "{}"));

        foreach (
            var file in Directory
                .GetFiles(Path.GetDirectoryName(File)!, "outbox.db*")
                .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal))
        )
        {
            Encoding.Latin1.GetString(Files.Read(file)).Should().NotContain("jane.doe").And.NotContain("Jane Doe");
        }

        Ask("PRAGMA temp_store").Should().Be("2");
    }
}
