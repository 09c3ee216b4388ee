using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Recovery;

/// <summary>Damage costs the events whose bytes it touches, and no other.</summary>
public sealed class SalvageTests : IDisposable
{
    private const int Chunks = 60;
    private const int Page = 4096;

    private readonly DamagedFile _file = new();

    public void Dispose() => _file.Dispose();

    public static TheoryData<string, int, int> Damages =>
        new()
        {
            { "the magic text", 0, 1 },
            { "the page size", 16, 2 },
            { "the write version", 18, 2 },
            { "the reserved bytes of a page", 20, 1 },
            { "the number of pages", 28, 4 },
            { "the list of free pages", 32, 8 },
            { "the schema format", 44, 4 },
            { "the largest root", 52, 4 },
            { "the text encoding", 56, 4 },
            { "the whole header", 0, 100 },
            { "the head of the schema's page", 100, 8 },
            { "the schema's cells", 108, 60 },
            { "the whole first page", 0, Page },
            { "the whole pointer map", Page, Page },
            { "the first two pages", 0, 2 * Page },
        };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Damage_that_touches_no_event_costs_none(string what, int start, int bytes)
    {
        await FillAsync();
        Damage(start, bytes);

        await using var outbox = _file.Open();

        (await DamagedFile.LeaseAllAsync(outbox)).Should().BeEquivalentTo(All, what);
        (await outbox.FailedAsync(new FailedQuery(), default)).Single().Burial.Reason.Should().Be("refused_by_meta");
        (await outbox.ShouldBalanceAsync()).Single().Waiting.Should().Be(Chunks);
    }

    [Fact]
    public async Task Any_changed_byte_of_the_schema_costs_no_event()
    {
        await FillAsync();
        var intact = System.IO.File.ReadAllBytes(_file.Path);
        var text = intact.AsSpan(0, Page).LastIndexOf("CREATE TABLE"u8);
        for (var at = text - 40; at < Page; at += 37)
        {
            Restore(intact);
            Damage(at, 1);

            await using var outbox = _file.Open();

            (await DamagedFile.LeaseAllAsync(outbox)).Should().BeEquivalentTo(All, $"byte {at} is changed");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    public async Task A_truncated_file_keeps_every_event_whose_pages_it_has(int pages)
    {
        await FillAsync();
        using (var file = System.IO.File.OpenWrite(_file.Path))
        {
            file.SetLength(file.Length - (pages * Page));
        }

        await using var outbox = _file.Open();

        var sent = await DamagedFile.LeaseAllAsync(outbox);
        sent.Should().BeSubsetOf(All).And.HaveCountGreaterThanOrEqualTo(Chunks - (pages * Page / 300));
        var line = (await outbox.ShouldBalanceAsync()).Single();
        line.Waiting.Should().Be(sent.Count);
        (line.Waiting + line.Failed + line.Discarded).Should().Be(Chunks + 1, "what is missing is counted");
        outbox.Recoveries.Single().Missing.Should().Be(line.Discarded);
    }

    [Fact]
    public async Task A_changed_byte_in_a_payload_costs_its_chunk_and_lists_it()
    {
        await FillAsync();
        var bytes = System.IO.File.ReadAllBytes(_file.Path);
        bytes[bytes.AsSpan().IndexOf("\"n\":\"17\""u8) + 5] = (byte)'4';
        bytes[3] ^= 1;
        Restore(bytes);

        await using var outbox = _file.Open();

        (await DamagedFile.LeaseAllAsync(outbox)).Should().BeEquivalentTo(All.Except([DamagedFile.Payload(17)]));
        (await outbox.FailedAsync(new FailedQuery(), default))
            .Select(failed => failed.Burial.Reason)
            .Should()
            .BeEquivalentTo("refused_by_meta", "unreadable");
        (await outbox.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 61, 0, 59, 2, 0, 0));
        outbox.Recoveries.Should().Equal(new RecoveryNotice(Some.Now, "damaged_file", 59, 2, 1, 0));
    }

    [Fact]
    public async Task Where_the_ledger_is_lost_the_number_of_missing_events_is_unknown()
    {
        await FillAsync();
        DamagedFile.Execute(_file.Path, "DELETE FROM ledger");
        Damage(0, 16);

        await using var outbox = _file.Open();

        outbox.Recoveries.Single().Missing.Should().BeNull();
        (await outbox.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 61, 0, 60, 1, 0, 0));
    }

    [Fact]
    public async Task Events_whose_destination_is_lost_are_listed()
    {
        await FillAsync();
        DamagedFile.Execute(_file.Path, "DELETE FROM destinations");

        Damage(0, 16);
        await using var outbox = _file.Open();

        (await DamagedFile.LeaseAllAsync(outbox)).Should().BeEmpty();
        (await outbox.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 61, 0, 0, 61, 0, 0));
    }

    [Theory]
    [InlineData("UPDATE chunks SET events = 5 WHERE id = 10")]
    [InlineData("UPDATE ledger SET delivered = 1000000")]
    [InlineData("UPDATE ledger SET failed = 0")]
    public async Task Numbers_that_contradict_each_other_are_damage(string change)
    {
        await FillAsync();
        DamagedFile.Execute(_file.Path, change);

        await using var outbox = _file.Open();

        outbox.Recoveries.Should().ContainSingle();
        (await outbox.ShouldBalanceAsync()).Single().Waiting.Should().Be(Chunks);
        (await DamagedFile.LeaseAllAsync(outbox)).Should().BeEquivalentTo(All);
    }

    [Fact]
    public async Task Rows_that_were_deleted_long_ago_do_not_come_back()
    {
        await using (var filled = _file.Open())
        {
            await DamagedFile.FillAsync(filled, Chunks);
            var chunks = await filled.LeaseAsync(new LeaseRequest("stores", 40, 10_000_000), default);
            await filled.SettleAsync([.. chunks.Select(ChunkSettlement.Delivered)], default);
        }

        Damage(0, 16);
        await using var outbox = _file.Open();

        (await DamagedFile.LeaseAllAsync(outbox)).Should().BeEquivalentTo(All.Skip(40));
        (await outbox.LedgerAsync(default)).Should().Equal(new LedgerLine("stores", 61, 40, 20, 1, 0, 0));
    }

    [Fact]
    public void A_version_that_a_later_program_may_have_is_refused_and_an_impossible_one_is_damage()
    {
        using (var created = new Opened(_file.Open())) { }

        var bytes = System.IO.File.ReadAllBytes(_file.Path);
        bytes[63] = 99;
        Restore(bytes);
        _file.Invoking(file => file.Open()).Should().Throw<SettingUnusableException>().WithMessage("*newer version*");
        bytes[60] = 0x40;
        Restore(bytes);
        using var recovered = new Opened(_file.Open());
        recovered.Outbox.Recoveries.Should().ContainSingle();
    }

    private static IEnumerable<string> All => Enumerable.Range(0, Chunks).Select(DamagedFile.Payload);

    private async Task FillAsync()
    {
        await using var outbox = _file.Open();
        await DamagedFile.FillAsync(outbox, Chunks);
    }

    private void Damage(int start, int bytes)
    {
        using var file = System.IO.File.OpenWrite(_file.Path);
        file.Position = start;
        file.Write([.. Enumerable.Repeat((byte)0xA5, bytes)]);
    }

    private void Restore(byte[] bytes)
    {
        foreach (var left in Directory.GetFiles(System.IO.Path.GetDirectoryName(_file.Path)!))
        {
            System.IO.File.Delete(left);
        }

        System.IO.File.WriteAllBytes(_file.Path, bytes);
    }

    private sealed class Opened(SqliteOutbox outbox) : IDisposable
    {
        public SqliteOutbox Outbox => outbox;

        public void Dispose() => outbox.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
