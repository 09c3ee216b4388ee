using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Fuzzing.PowerCut;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Sqlite;
using OfflineConversions.Server.Tests.Acceptance;

#pragma warning disable CA1416 // Every fact here is a PosixFact.

namespace OfflineConversions.Server.Tests.Outbox.Encryption;

public sealed class OwnerOnlyFilesTests : IDisposable
{
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersFolder = OwnersFile | UnixFileMode.UserExecute;

    private readonly TemporaryFolder _folder = new();

    private string File => _folder.File("data/shop/outbox.db");

    public void Dispose() => _folder.Dispose();

    [PosixFact]
    public async Task With_any_umask_only_the_owner_may_read_the_outboxs_files_also_after_damage_and_upkeep()
    {
        // Of the whole process, so others' files are looser meanwhile: all of them in temporary folders.
        var before = SetMask(0);
        try
        {
            await UseAsync();
            EverythingIsTheOwners();
            await using (var file = new FileStream(File, FileMode.Open))
            {
                file.Position = file.Length / 2;
                file.Write(new byte[10_000]);
            }

            await UseAsync();
            Directory.GetFiles(Path.GetDirectoryName(File)!, "*.corrupt-*").Should().NotBeEmpty();
            EverythingIsTheOwners();
        }
        finally
        {
            _ = SetMask(before);
        }
    }

    [PosixFact]
    public async Task With_any_umask_the_power_cuts_find_no_folder_to_warn_of()
    {
        var before = SetMask(0);
        try
        {
            (await PowerCutRun.RunAsync(histories: 5, seed: 4711)).Findings.Should().BeEmpty();
        }
        finally
        {
            _ = SetMask(before);
        }
    }

    [PosixFact]
    public async Task A_database_and_keys_put_back_from_elsewhere_are_closed_to_others_again()
    {
        await UseAsync();
        foreach (var file in Files.Of(_folder.Path))
        {
            System.IO.File.SetUnixFileMode(file, OwnersFile | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }

        await UseAsync();

        EverythingIsTheOwners(file => file is not ("outbox.db.lock" or "outbox.db.reserve"));
    }

    [PosixFact]
    public async Task A_folder_that_was_there_keeps_its_mode()
    {
        var shared = OwnersFolder | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.SetUnixFileMode(Path.GetDirectoryName(File)!, shared);
        OwnerOnlyFiles.IsWritableByOthers(Path.GetDirectoryName(File)!).Should().BeTrue();
        OwnerOnlyFiles.IsWritableByOthers(_folder.Path).Should().BeFalse();

        await UseAsync();

        System.IO.File.GetUnixFileMode(Path.GetDirectoryName(File)!).Should().Be(shared);
    }

    private async Task UseAsync()
    {
        var clock = new FakeTimeProvider(Some.Now);
        await using var outbox = new SqliteOutbox(
            new OutboxOptions { Path = File, Encrypt = true },
            clock,
            NullLogger<SqliteOutbox>.Instance
        );
        for (var i = 0; i < 60; i++)
        {
            await outbox.AppendAsync(
                [Some.Entry($"{Guid.NewGuid()}", payload: $$"""{"filler":"{{new string('y', 100_000)}}"}""")],
                default
            );
        }

        await outbox.SettleAsync(
            [
                .. (await outbox.LeaseAsync(new LeaseRequest("stores", 20, 10_000_000), default)).Select(
                    ChunkSettlement.Delivered
                ),
            ],
            default
        );
        await outbox.EraseAsync([default], clock.GetUtcNow().AddHours(1), default);
    }

    private void EverythingIsTheOwners(Func<string, bool>? looked = null)
    {
        var files = Files.Of(_folder.Path).Where(file => looked?.Invoke(Path.GetFileName(file)) ?? true).ToArray();
        files.Should().HaveCountGreaterThan(1);
        files.Where(file => System.IO.File.GetUnixFileMode(file) != OwnersFile).Should().BeEmpty();
        Directory
            .GetDirectories(_folder.Path, "*", SearchOption.AllDirectories)
            .Should()
            .HaveCount(3)
            .And.OnlyContain(folder => System.IO.File.GetUnixFileMode(folder) == OwnersFolder);
    }

#pragma warning disable SYSLIB1054, CA5392 // A call without pointers; libc is where it always is.
    [DllImport("libc", EntryPoint = "umask")]
    private static extern uint SetMask(uint mask);
#pragma warning restore SYSLIB1054, CA5392
}
