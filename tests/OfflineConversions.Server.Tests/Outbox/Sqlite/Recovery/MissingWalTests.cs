using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Recovery;

/// <summary>A WAL that is missing after a crash is reported. No consistent copy causes a false alarm.</summary>
public sealed class MissingWalTests : IDisposable
{
    private readonly DamagedFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task A_WAL_that_is_missing_after_a_kill_is_reported_until_an_operator_acknowledges_it()
    {
        var killed = await KillAsync();
        System.IO.File.Delete(killed + "-wal");

        await using (var outbox = _file.Open(killed))
        {
            var notice = outbox.Recoveries.Should().ContainSingle().Subject;
            notice.Cause.Should().Be("wal_missing");
            notice.Missing.Should().BeNull("nothing says how much was in it");
            (await outbox.AppendAsync([Some.Entry("new")], default)).Status.Should().Be(AppendStatus.Stored);
        }

        await using (var again = _file.Open(killed))
        {
            again.Recoveries.Should().ContainSingle("the notice survives a restart, and is not repeated");
            (await again.AcknowledgeRecoveriesAsync(default)).Should().Be(1);
            again.Recoveries.Should().BeEmpty();
            (await again.AcknowledgeRecoveriesAsync(default)).Should().Be(0);
        }

        await using var last = _file.Open(killed);
        last.Recoveries.Should().BeEmpty();
    }

    [Fact]
    public async Task An_emptied_WAL_is_as_good_as_a_missing_one()
    {
        var killed = await KillAsync();
        System.IO.File.WriteAllBytes(killed + "-wal", []);

        await using var outbox = _file.Open(killed);

        outbox.Recoveries.Should().ContainSingle();
    }

    [Fact]
    public async Task A_kill_alone_is_no_alarm()
    {
        var killed = await KillAsync();

        await using var outbox = _file.Open(killed);

        outbox.Recoveries.Should().BeEmpty();
        (await DamagedFile.LeaseAllAsync(outbox)).Should().HaveCount(5);
    }

    [Fact]
    public async Task A_stopped_services_file_is_no_alarm()
    {
        await using (var outbox = _file.Open())
        {
            await DamagedFile.FillAsync(outbox, 5);
        }

        var copy = _file.File("copy.db");
        System.IO.File.Copy(_file.Path, copy);

        await using var restored = _file.Open(copy);
        restored.Recoveries.Should().BeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restored_backup_of_a_running_service_is_no_alarm(bool vacuum)
    {
        var copy = _file.File("backup.db");
        await using (var outbox = _file.Open())
        {
            await DamagedFile.FillAsync(outbox, 5);
            using var connection = new SqliteConnection($"Data Source={_file.Path};Pooling=False");
            connection.Open();
            if (vacuum)
            {
                using var statement = new Statement(connection, $"VACUUM INTO '{copy}'");
                statement.Execute();
            }
            else
            {
                using var target = new SqliteConnection($"Data Source={copy};Pooling=False");
                connection.BackupDatabase(target);
            }
        }

        await using var restored = _file.Open(copy);
        restored.Recoveries.Should().BeEmpty();
        (await DamagedFile.LeaseAllAsync(restored)).Should().HaveCount(5);
    }

    private async Task<string> KillAsync()
    {
        await using var outbox = _file.Open();
        await DamagedFile.FillAsync(outbox, 5);
        return _file.Kill("killed.db");
    }
}
