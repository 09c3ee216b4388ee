using System.Diagnostics;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Writing.Disk;
using OfflineConversions.Server.Tests.Acceptance;
using OfflineConversions.Server.Tests.Outbox.Sqlite.Recovery;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite;

/// <summary>One process owns one file, whatever names the file has.</summary>
public sealed class FileLockTests : IDisposable
{
    private readonly DamagedFile _file = new();

    public void Dispose() => _file.Dispose();

    [PosixFact]
    public async Task A_second_process_is_refused_under_every_name_of_the_file()
    {
        await using var outbox = _file.Open();
        var (link, hard, folder) = (_file.File("link.db"), _file.File("hard.db"), _file.File("folder"));
        File.CreateSymbolicLink(link, _file.Path);
        Directory.CreateSymbolicLink(folder, Path.GetDirectoryName(_file.Path)!);
        using (var made = Process.Start("ln", [_file.Path, hard]))
        {
            await made.WaitForExitAsync();
        }

        foreach (var name in (string[])[_file.Path, link, hard, Path.Combine(folder, "outbox.db")])
        {
            ShouldBeInUse(name);
        }
    }

    [PosixFact]
    public async Task A_second_process_is_refused_after_the_lock_file_was_deleted()
    {
        await using var outbox = _file.Open();
        File.Delete(_file.Path + ".lock");

        ShouldBeInUse(_file.Path);
    }

    [PosixFact]
    public async Task The_lock_also_covers_a_file_that_was_just_recovered()
    {
        await File.WriteAllTextAsync(_file.Path, "not a database");
        await using var outbox = _file.Open();
        File.Delete(_file.Path + ".lock");

        ShouldBeInUse(_file.Path);
    }

    [Fact]
    public async Task A_backup_can_read_the_file_meanwhile_and_a_stopped_service_leaves_it_free()
    {
        await using (var outbox = _file.Open())
        {
            Files.Read(_file.Path).Should().NotBeEmpty();
        }

        await using var again = _file.Open();
        again.Health.Ready.Should().BeTrue();
    }

    [PosixFact]
    public async Task An_outbox_behind_a_symbolic_link_keeps_its_WAL_and_recovers_beside_the_file_itself()
    {
        var link = _file.File("link.db");
        File.CreateSymbolicLink(link, _file.Path);
        await using (var outbox = _file.Open(link))
        {
            await outbox.AppendAsync([Some.Entry("a")], default);
            File.Exists(_file.Wal).Should().BeTrue();
            File.Exists(link + ".lock").Should().BeFalse();
        }

        await using var direct = _file.Open();
        (await DamagedFile.LeaseAllAsync(direct)).Should().ContainSingle();
    }

    [PosixFact]
    public void A_file_that_cannot_be_written_is_reported_as_read_only()
    {
        using (var created = File.Create(_file.Path)) { }

        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            return; // It may write anything.
        }

        File.SetUnixFileMode(_file.Path, UnixFileMode.UserRead);

        _file.Invoking(file => file.Open()).Should().Throw<SettingUnusableException>().WithMessage("*read-only*");
    }

    [Fact]
    public async Task A_file_system_that_becomes_read_only_is_reported_as_such()
    {
        await using var outbox = _file.Open();
        using (var readOnly = new Statement(outbox.WriteConnection, "PRAGMA query_only = ON"))
        {
            readOnly.Execute();
        }

        (await outbox.AppendAsync([Some.Entry("a")], default)).Status.Should().Be(AppendStatus.Unavailable);

        outbox.Health.Ready.Should().BeFalse();
        outbox.Health.Problem.Should().Contain("read-only");
    }

    [Fact]
    public void Errors_of_a_read_only_file_system_are_told_from_a_full_disk()
    {
        DiskErrors.Describe(new IOException("Read-only file system", 30)).Should().Contain("read-only");
        DiskErrors
            .Describe(new SqliteException("attempt to write a readonly database", 8))
            .Should()
            .Contain("read-only");
        DiskErrors.Describe(new IOException("No space left on device", 28)).Should().Contain("no room");
    }

    private void ShouldBeInUse(string name) =>
        _file
            .Invoking(file => file.Open(name))
            .Should()
            .Throw<SettingUnusableException>(name)
            .WithMessage("The outbox is in use by another process: *is locked*");
}
