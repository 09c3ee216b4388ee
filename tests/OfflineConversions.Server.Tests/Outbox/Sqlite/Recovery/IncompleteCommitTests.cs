using System.Buffers.Binary;
using System.Text;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Recovery;

/// <summary>
/// A last commit that is not complete: a power cut interrupted it, or it was damaged later. It has not happened, except
/// that events whose own pages are intact are stored.
/// </summary>
public sealed class IncompleteCommitTests : IDisposable
{
    private const int Page = 4096;
    private const int Frame = Page + 24;
    private const int Sector = 512;

    private readonly DamagedFile _file = new();

    public void Dispose() => _file.Dispose();

    public static TheoryData<string, bool> Changes =>
        new()
        {
            { "append", true },
            { "append", false },
            { "append long events", true },
            { "append for two new destinations", true },
            { "deliver", true },
            { "keep some", true },
            { "keep some", false },
            { "bury", true },
            { "replay", true },
            { "replay", false },
            { "discard", true },
            { "redirect", true },
            { "redirect", false },
            { "replay elsewhere", true },
            { "replay elsewhere", false },
            { "discard waiting", true },
        };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_torn_last_commit_costs_nothing_repeats_nothing_and_raises_no_alarm(string change, bool hasKeys)
    {
        var killed = await KillAsync(change, hasKeys);
        var before = killed.Before;
        foreach (var damage in Damages(killed.Wal))
        {
            var file = Write(killed with { Wal = damage });
            await using var outbox = _file.Open(file);

            outbox.Recoveries.Should().BeEmpty();
            System.IO.Directory.GetFiles(Path.GetDirectoryName(file)!, "*.corrupt*").Should().BeEmpty();
            var (waiting, failed) = await ContentAsync(outbox);
            failed.Should().BeEquivalentTo(before.Failed);
            waiting.Should().OnlyHaveUniqueItems();
            before.Waiting.Should().BeSubsetOf(waiting);
            waiting.Except(before.Waiting).Should().NotContain(text => !text.Contains("new"));
            await outbox.ShouldBalanceAsync();
        }
    }

    [Theory]
    [InlineData("append")]
    [InlineData("append long events")]
    [InlineData("append for two new destinations")]
    public async Task Events_of_a_damaged_last_commit_are_stored_with_their_keys_if_their_pages_are_intact(
        string change
    )
    {
        var killed = await KillAsync(change, hasKeys: true);
        var (first, last) = LastCommit(killed.Wal);
        var (complete, of) = (0, 0);
        for (var frame = first; frame <= last; frame++)
        {
            var content = killed.Wal.AsSpan(32 + (frame * Frame) + 24, Page);
            if (content.IndexOf("new"u8) >= 0 || content.IndexOf("ConversionsApi"u8) >= 0)
            {
                continue;
            }

            var wal = killed.Wal.ToArray();
            wal[32 + (frame * Frame) + 24 + 1000] ^= 1;
            await using var outbox = _file.Open(Write(killed with { Wal = wal }));

            var (waiting, _) = await ContentAsync(outbox);
            of++;
            complete += waiting.Count == killed.After.Waiting.Count ? 1 : 0;
            var isStored = waiting.Count > killed.Before.Waiting.Count;
            var repeated = await outbox.AppendAsync([.. LastChange.New(change, hasKeys: true)], default);
            repeated.Stored.Should().AllBeEquivalentTo(!isStored, "a stored event has its key, and no other has");
        }

        complete.Should().Be(of).And.BePositive();
    }

    [Fact]
    public async Task A_destination_is_taken_from_an_intact_page_only()
    {
        var killed = await KillAsync("append for two new destinations", hasKeys: true);
        var (first, last) = LastCommit(killed.Wal);
        var wal = killed.Wal.ToArray();
        for (var frame = first; frame <= last; frame++)
        {
            if (wal.AsSpan(32 + (frame * Frame) + 24, Page).IndexOf("tills"u8) is >= 0 and var at)
            {
                wal[32 + (frame * Frame) + 24 + at] = (byte)'s';
            }
        }

        await using var outbox = _file.Open(Write(killed with { Wal = wal }));

        var (waiting, _) = await ContentAsync(outbox);
        waiting.Except(killed.Before.Waiting).Should().Equal("""1001 {"n":"new-1"}""");
        (await outbox.LedgerAsync(default)).Select(line => line.Connection).Should().Equal("stores");
    }

    [Fact]
    public async Task A_damaged_commit_that_another_one_follows_is_recovered_and_reported()
    {
        await using var filled = _file.Open();
        await DamagedFile.FillAsync(filled, 5);
        await filled.AppendAsync([.. LastChange.New("append", hasKeys: true)], default);
        var wal = Files.Read(_file.Wal);
        var (first, _) = LastCommit(wal);
        await filled.AppendAsync([Some.Entry("later")], default);
        wal = Files.Read(_file.Wal);
        wal[32 + (first * Frame) + 24 + 1000] ^= 1;

        await using var outbox = _file.Open(Write(new Killed(Files.Read(_file.Path), wal, new([], []), new([], []))));

        outbox.Recoveries.Should().ContainSingle();
        (await ContentAsync(outbox)).Waiting.Should().HaveCount(5 + 2 + 1);
    }

    /// <summary>Every frame of the last commit, and sectors of it, are missing in turn, and so is the end.</summary>
    private static IEnumerable<byte[]> Damages(byte[] wal)
    {
        var (first, last) = LastCommit(wal);
        for (var frame = first; frame <= last; frame++)
        {
            var at = 32 + (frame * Frame);
            var missing = wal.ToArray();
            missing.AsSpan(at, Frame).Clear();
            yield return missing;

            for (var sector = frame % 3; sector < Page / Sector; sector += 3)
            {
                var torn = wal.ToArray();
                var part = torn.AsSpan(at + 24 + (sector * Sector), Sector);
                if (part.ContainsAnyExcept((byte)0))
                {
                    part.Clear();
                    yield return torn;
                }
            }

            yield return wal[..(at + Frame - 1)];
        }
    }

    private static Commit LastCommit(byte[] wal)
    {
        var commits = Enumerable
            .Range(0, (wal.Length - 32) / Frame)
            .Where(frame =>
                BinaryPrimitives.ReadUInt32BigEndian(wal.AsSpan(32 + (frame * Frame) + 4)) != 0
                && wal.AsSpan(32 + (frame * Frame) + 8, 8).SequenceEqual(wal.AsSpan(16, 8))
            )
            .TakeLast(2)
            .ToArray();
        return new Commit(commits[0] + 1, commits[1]);
    }

    private async Task<Killed> KillAsync(string change, bool hasKeys)
    {
        TimeSpan? window = hasKeys ? null : TimeSpan.Zero;
        await using var filled = _file.Open();
        await filled.AppendAsync([Sale("bad", window)], default);
        var bad = (await filled.LeaseAsync(new LeaseRequest("stores", 1, 1), default)).Single();
        await filled.SettleAsync([new ChunkSettlement(bad, [], default, [new Burial(0, "refused_by_meta")])], default);
        for (var each = 0; each < 5; each++)
        {
            await filled.AppendAsync([.. Enumerable.Range(0, 3).Select(i => Sale($"{each}-{i}", window))], default);
        }

        var before = await ContentOfCopyAsync("before.db");
        await LastChange.RunAsync(filled, change, hasKeys);
        var after = await ContentOfCopyAsync("after.db");
        return new Killed(Files.Read(_file.Path), Files.Read(_file.Wal), before, after);
    }

    private static OutboxEntry Sale(string id, TimeSpan? window) =>
        Some.Entry(id, window: window, payload: $$"""{"event_name":"Purchase","event_id":"{{id}}"}""");

    private async Task<Content> ContentOfCopyAsync(string name)
    {
        await using var copy = _file.Open(_file.Kill(name));
        return await ContentAsync(copy);
    }

    private static async Task<Content> ContentAsync(SqliteOutbox outbox)
    {
        var waiting = new List<string>();
        foreach (var connection in (string[])["stores", "tills"])
        {
            while (
                await outbox.LeaseAsync(new LeaseRequest(connection, 1000, 10_000_000), default)
                    is { Count: > 0 } chunks
            )
            {
                waiting.AddRange(
                    chunks.SelectMany(chunk => chunk.Texts().Select(text => $"{chunk.Destination.DatasetId} {text}"))
                );
            }
        }

        var failed = await outbox.FailedAsync(new FailedQuery(Limit: 100), default);
        return new Content(waiting, [.. failed.Select(one => Encoding.UTF8.GetString(one.Payload.Span))]);
    }

    private string Write(Killed files)
    {
        var file = _file.File("killed.db");
        foreach (var left in Directory.GetFiles(Path.GetDirectoryName(file)!, "killed.db*"))
        {
            System.IO.File.Delete(left);
        }

        System.IO.File.WriteAllBytes(file, files.Database);
        System.IO.File.WriteAllBytes(file + "-wal", files.Wal);
        return file;
    }

    private sealed record Killed(byte[] Database, byte[] Wal, Content Before, Content After);

    private sealed record Content(IReadOnlyList<string> Waiting, IReadOnlyList<string> Failed);

    private readonly record struct Commit(int First, int Last);
}
