namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Recovery;

/// <summary>Damage in a WAL, of which SQLite would silently drop every commit from the damage on.</summary>
public sealed class DamagedWalTests : IDisposable
{
    private const int Chunks = 60;
    private const int Page = 4096;

    private readonly DamagedFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Damage_in_the_middle_of_the_WAL_costs_no_commit_after_it()
    {
        string killed;
        await using (var filled = _file.Open())
        {
            await DamagedFile.FillAsync(filled, Chunks);
            killed = _file.Kill("killed.db");
        }

        var wal = System.IO.File.ReadAllBytes(killed + "-wal");
        var frames = (wal.Length - 32) / (Page + 24);
        frames.Should().BeGreaterThan(100);
        wal[32 + (frames / 2 * (Page + 24)) + 24 + 2000] ^= 1;
        System.IO.File.WriteAllBytes(killed + "-wal", wal);

        await using var outbox = _file.Open(killed);

        var sent = await DamagedFile.LeaseAllAsync(outbox);
        sent.Should().BeSubsetOf(All).And.HaveCountGreaterThanOrEqualTo(Chunks - 1);
        outbox.Recoveries.Single().Cause.Should().Be("damaged_file");
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(8, 4)]
    [InlineData(16, 8)]
    [InlineData(0, 32)]
    [InlineData(32, 4)]
    [InlineData(32, 24)]
    public async Task A_damaged_head_of_the_WAL_or_of_a_frame_costs_no_event(int start, int bytes)
    {
        string killed;
        await using (var filled = _file.Open())
        {
            await DamagedFile.FillAsync(filled, Chunks);
            killed = _file.Kill("killed.db");
        }

        var wal = System.IO.File.ReadAllBytes(killed + "-wal");
        wal.AsSpan(start, bytes).Fill(0xA5);
        System.IO.File.WriteAllBytes(killed + "-wal", wal);

        await using var outbox = _file.Open(killed);

        (await DamagedFile.LeaseAllAsync(outbox)).Should().BeEquivalentTo(All);
        (await outbox.ShouldBalanceAsync()).Single().Waiting.Should().Be(Chunks);
    }

    /// <summary>Everything in a head but the page's number, which nothing else says.</summary>
    [Theory]
    [InlineData(4, 20)]
    [InlineData(5, 19)]
    [InlineData(8, 16)]
    [InlineData(8, 8)]
    public async Task A_damaged_head_of_any_frame_of_an_earlier_commit_costs_no_event(int start, int bytes)
    {
        string killed;
        await using (var filled = _file.Open())
        {
            await DamagedFile.FillAsync(filled, Chunks);
            killed = _file.Kill("killed.db");
        }

        var intact = System.IO.File.ReadAllBytes(killed + "-wal");
        var database = System.IO.File.ReadAllBytes(killed);
        var frames = (intact.Length - 32) / (Page + 24);
        for (var frame = 0; frame < frames * 9 / 10; frame += frames / 12)
        {
            var wal = intact.ToArray();
            wal.AsSpan(32 + (frame * (Page + 24)) + start, bytes).Fill(0xA5);
            var damaged = _file.File($"damaged-{frame}.db");
            System.IO.File.WriteAllBytes(damaged, database);
            System.IO.File.WriteAllBytes(damaged + "-wal", wal);

            await using var outbox = _file.Open(damaged);

            (await DamagedFile.LeaseAllAsync(outbox)).Should().BeEquivalentTo(All, "frame {0} of {1}", frame, frames);
        }
    }

    [Fact]
    public async Task A_commit_that_a_kill_interrupted_is_no_damage()
    {
        string killed;
        await using (var filled = _file.Open())
        {
            await DamagedFile.FillAsync(filled, Chunks);
            killed = _file.Kill("killed.db");
        }

        var wal = System.IO.File.ReadAllBytes(killed + "-wal");
        System.IO.File.WriteAllBytes(killed + "-wal", wal[..^1000]);

        await using var outbox = _file.Open(killed);

        outbox.Recoveries.Should().BeEmpty();
    }

    private static IEnumerable<string> All => Enumerable.Range(0, Chunks).Select(DamagedFile.Payload);
}
