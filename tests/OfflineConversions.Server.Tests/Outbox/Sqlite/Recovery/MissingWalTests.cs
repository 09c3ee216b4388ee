using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Recovery;

/// <summary>A WAL that is missing after a crash is reported. No consistent copy causes a false alarm.</summary>
public sealed class MissingWalTests : IDisposable
{
    private const int HeaderBytes = 32;
    private const int FrameBytes = 24 + 4096;

    private readonly DamagedFile _file = new();

    /// <summary>The WAL of the kill, for tests that use it after SQLite has deleted it.</summary>
    private string Wal => _file.File("killed.wal");

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

    [Theory]
    [InlineData("emptied", "wal_missing")]
    [InlineData("cut in its header", "wal_missing")]
    [InlineData("cut after its header", "wal_missing")]
    [InlineData("cut in its first frame", "wal_missing")]
    [InlineData("zeroed", "wal_missing")]
    [InlineData("zeroed after its header", "wal_missing")]
    [InlineData("cut and zeroed", "wal_missing")]
    [InlineData("overwritten", "damaged_file")]
    public async Task A_WAL_of_which_nothing_is_left_is_as_good_as_a_missing_one(string damage, string cause)
    {
        var killed = await KillAsync();
        var wal = await System.IO.File.ReadAllBytesAsync(killed + "-wal");
        await System.IO.File.WriteAllBytesAsync(killed + "-wal", Damaged(wal, damage));

        await using var outbox = _file.Open(killed);

        outbox.Recoveries.Should().ContainSingle().Which.Cause.Should().Be(cause);
        (await outbox.AppendAsync([Some.Entry("new")], default)).Status.Should().Be(AppendStatus.Stored);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_crash_while_the_WAL_begins_a_new_round_is_no_alarm(bool torn)
    {
        var killed = await KillAsync();

        // Its checkpoint is complete: all of it is in the file, which says that it needs its WAL.
        DamagedFile.Execute(killed, "UPDATE wal_mark SET is_missing = 1");
        System.IO.File.Exists(killed + "-wal").Should().BeFalse();
        var wal = await System.IO.File.ReadAllBytesAsync(Wal);
        BeginRound(wal, torn);
        await System.IO.File.WriteAllBytesAsync(killed + "-wal", wal);

        await using var outbox = _file.Open(killed);

        outbox.Recoveries.Should().BeEmpty();
        (await DamagedFile.LeaseAllAsync(outbox)).Should().HaveCount(5);
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

    private static byte[] Damaged(byte[] wal, string damage) =>
        damage switch
        {
            "emptied" => [],
            "cut in its header" => wal[..20],
            "cut after its header" => wal[..HeaderBytes],
            "cut in its first frame" => wal[..(HeaderBytes + FrameBytes - 1)],
            "zeroed" => new byte[wal.Length],
            "zeroed after its header" => [.. wal[..HeaderBytes], .. new byte[wal.Length - HeaderBytes]],
            "cut and zeroed" => new byte[100],
            "overwritten" => [.. Enumerable.Range(0, wal.Length).Select(at => (byte)(at * 7 % 251))],
            _ => throw new ArgumentOutOfRangeException(nameof(damage)),
        };

    /// <summary>
    /// A header with other salts, and behind it the frames of the round before; perhaps a part of a new one.
    /// </summary>
    private static void BeginRound(byte[] wal, bool torn)
    {
        wal[16]++;
        var (first, second) = (0u, 0u);
        for (var at = 0; at < 24; at += 8)
        {
            first += BinaryPrimitives.ReadUInt32LittleEndian(wal.AsSpan(at)) + second;
            second += BinaryPrimitives.ReadUInt32LittleEndian(wal.AsSpan(at + 4)) + first;
        }

        BinaryPrimitives.WriteUInt32BigEndian(wal.AsSpan(24), first);
        BinaryPrimitives.WriteUInt32BigEndian(wal.AsSpan(28), second);
        if (torn)
        {
            // The frame's head and the begin of its page: one sector.
            wal.AsSpan(16, 8).CopyTo(wal.AsSpan(HeaderBytes + 8));
            wal.AsSpan(HeaderBytes + 16, 464).Fill(0x5A);
        }
    }

    private async Task<string> KillAsync()
    {
        await using var outbox = _file.Open();
        await DamagedFile.FillAsync(outbox, 5);
        var killed = _file.Kill("killed.db");
        System.IO.File.Copy(killed + "-wal", Wal);
        return killed;
    }
}
