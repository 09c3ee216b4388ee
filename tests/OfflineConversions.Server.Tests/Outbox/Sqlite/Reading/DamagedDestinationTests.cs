using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Reading;

/// <summary>
/// Damage to what says where a chunk goes. Each payload names its own destination, so that a wrong one is seen.
/// </summary>
public sealed class DamagedDestinationTests : IDisposable
{
    private const int EventsEach = 3;

    // They differ in single bits, so that damage can turn one into another.
    private static readonly string[] Connections = ["store0", "store1"];
    private static readonly string[] Datasets = ["1000", "1001"];

    private readonly TemporaryFolder _folder = new(fast: true);
    private readonly FakeTimeProvider _clock = new(Some.Now);

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, bool> Changes
    {
        get
        {
            var changes = new TheoryData<string, bool>();
            foreach (
                var change in (string[])
                    [
                        "UPDATE destinations SET dataset = '1001' WHERE id = 1",
                        "UPDATE destinations SET dataset = '2000' WHERE id = 1",
                        "UPDATE destinations SET dataset = '' WHERE id = 1",
                        "UPDATE destinations SET connection = 'store1' WHERE id = 1",
                        "UPDATE destinations SET api = 'OfflineEvents' WHERE id = 1",
                        "UPDATE destinations SET api = 'ConversionsApj' WHERE id = 1",
                        "UPDATE destinations SET api = '0' WHERE id = 1",
                        "UPDATE destinations SET upload_tag = '' WHERE id = 1",
                        "UPDATE destinations SET upload_tag = 'May' WHERE id = 1",
                        "UPDATE chunks SET destination = 2 WHERE destination = 1",
                        "UPDATE chunks SET destination = 3 WHERE destination = 1",
                    ]
            )
            {
                changes.Add(change, false);
                changes.Add(change, true);
            }

            return changes;
        }
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_chunk_whose_destination_has_changed_is_not_sent_but_listed_as_unreadable(
        string change,
        bool encrypt
    )
    {
        await FillAsync(encrypt);
        Execute(change);

        await using var outbox = Open(encrypt);
        (await LeaseAllAsync(outbox)).Should().BeEquivalentTo(All.Where(text => !text.Contains("store0/1000")));
        var listed = await outbox.FailedAsync(new FailedQuery(), default);
        listed.Should().HaveCount(EventsEach).And.OnlyContain(failed => failed.Burial.Reason == "unreadable");
        listed.Should().OnlyContain(failed => failed.Text() == """{"unreadable":true}""");
        (await outbox.ShouldBalanceAsync()).Sum(line => line.Failed).Should().Be(EventsEach);
    }

    [Fact]
    public async Task Events_that_arrive_after_the_damage_was_found_are_sent()
    {
        await FillAsync();
        Execute("UPDATE destinations SET dataset = '2000' WHERE id = 1");
        await using var outbox = Open();
        await LeaseAllAsync(outbox);

        await outbox.AppendAsync([Entry("store0", "1000", 9)], default);

        (await LeaseAllAsync(outbox)).Should().ContainSingle(text => text == Payload("store0", "1000", 9));
    }

    [Theory]
    [InlineData("UPDATE destinations SET dataset = '1001' WHERE id = 1")]
    [InlineData("UPDATE destinations SET api = 'ConversionsApj' WHERE id = 1")]
    [InlineData("UPDATE failed SET destination = 2")]
    public async Task A_failed_event_whose_destination_has_changed_is_not_replayed_and_can_be_discarded(string change)
    {
        await using (var filled = Open())
        {
            await filled.AppendAsync([Entry("store0", "1000", 1)], default);
            await filled.AppendAsync([Entry("store1", "1001", 2)], default);
            var chunk = (await filled.LeaseAsync(Everything("store0"), default)).Single();
            await filled.SettleAsync(
                [new ChunkSettlement(chunk, [], default, [new Burial(0, "refused_by_meta")])],
                default
            );
        }

        Execute(change);

        await using var outbox = Open();
        (await outbox.FailedAsync(new FailedQuery(), default)).Single().Text().Should().Be("""{"unreadable":true}""");
        (await outbox.ResolveFailedAsync(new FailedSelection(), Resolution.Replay, default))
            .Should()
            .Be(new ResolvedEvents(0));
        (await outbox.ResolveFailedAsync(new FailedSelection(), Resolution.Discard, default))
            .Should()
            .Be(new ResolvedEvents(1));
        (await LeaseAllAsync(outbox)).Should().Equal(Payload("store1", "1001", 2));
    }

    [Theory]
    [InlineData(0x01)]
    [InlineData(0x40)]
    [InlineData(0xFF)]
    public async Task Any_changed_byte_of_a_destinations_row_sends_no_event_to_another_dataset(byte change)
    {
        await FillAsync();
        var intact = System.IO.File.ReadAllBytes(File);
        var text = intact.AsSpan().IndexOf("store0ConversionsApi1000"u8);
        const int RowHeader = 8;
        for (var at = text - RowHeader; at < text + 24; at++)
        {
            foreach (var left in Directory.GetFiles(Path.GetDirectoryName(File)!))
            {
                System.IO.File.Delete(left);
            }

            var damaged = intact.ToArray();
            damaged[at] ^= change;
            System.IO.File.WriteAllBytes(File, damaged);

            await using var outbox = Open();
            var sent = await LeaseAllAsync(outbox);
            sent.Should().BeSubsetOf(All, "byte {0}", at - text);
            sent.Should().Contain(All.Where(one => !one.Contains("store0/1000")), "byte {0}", at - text);
            var ledger = await outbox.ShouldBalanceAsync();
            ledger.Sum(line => line.Waiting).Should().Be(sent.Count, "byte {0}", at - text);
            ledger
                .Sum(line => line.Failed)
                .Should()
                .Be((Connections.Length * Datasets.Length * EventsEach) - sent.Count, "byte {0}", at - text);
        }
    }

    [Theory]
    [InlineData("UPDATE destinations SET connection = 'stpre0' WHERE id = 1")]
    [InlineData("UPDATE destinations SET id = 100 WHERE id = 1")]
    [InlineData("UPDATE chunks SET destination = 100 WHERE destination = 1")]
    public async Task A_start_with_a_large_file_finds_chunks_that_no_connection_would_lease(string change)
    {
        await FillAsync();
        Execute(change);
        Execute("INSERT INTO probe (filler) VALUES (zeroblob(70000000))");

        await using var outbox = Open();

        outbox.Recoveries.Should().ContainSingle();
        (await LeaseAllAsync(outbox)).Should().BeEquivalentTo(All.Where(text => !text.Contains("store0/1000")));
        (await outbox.ShouldBalanceAsync()).Sum(line => line.Failed).Should().Be(EventsEach);
    }

    private static IEnumerable<string> All =>
        from connection in Connections
        from dataset in Datasets
        from number in Enumerable.Range(0, EventsEach)
        select Payload(connection, dataset, number);

    private string File => _folder.File("outbox.db");

    private async Task FillAsync(bool encrypt = false)
    {
        await using var outbox = Open(encrypt);
        foreach (var connection in Connections)
        {
            foreach (var dataset in Datasets)
            {
                foreach (var number in Enumerable.Range(0, EventsEach))
                {
                    await outbox.AppendAsync([Entry(connection, dataset, number)], default);
                }
            }
        }
    }

    /// <summary>Leases everything, and checks that each payload has the destination that it names.</summary>
    private static async Task<IReadOnlyList<string>> LeaseAllAsync(SqliteOutbox outbox)
    {
        var texts = new List<string>();
        foreach (var connection in Connections)
        {
            while (await outbox.LeaseAsync(Everything(connection), default) is { Count: > 0 } chunks)
            {
                foreach (var chunk in chunks)
                {
                    chunk
                        .Texts()
                        .Should()
                        .OnlyContain(text => text.Contains($"\"{connection}/{chunk.Destination.DatasetId}\""));
                    chunk.Destination.UploadTag.Should().BeNull();
                    chunk.Destination.Api.Should().Be(OfflineConversions.Targets.Meta.MetaApi.ConversionsApi);
                    texts.AddRange(chunk.Texts());
                }
            }
        }

        // The writer works in order, so what the leases found is written before this.
        await outbox.SetPausedAsync("other", paused: false, default);
        return texts;
    }

    private static LeaseRequest Everything(string connection) => new(connection, 1_000_000, 1_000_000_000);

    private static string Payload(string connection, string dataset, int number) =>
        $$"""{"to":"{{connection}}/{{dataset}}","n":{{number}}}""";

    private static OutboxEntry Entry(string connection, string dataset, int number) =>
        Some.Entry($"{number}", connection, dataset, payload: Payload(connection, dataset, number));

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var statement = new Statement(connection, sql);
        statement.Execute().Should().BePositive();
    }

    private SqliteOutbox Open(bool encrypt = false) =>
        new(
            new OutboxOptions
            {
                Path = File,
                Encrypt = encrypt,
                KeyDirectory = _folder.File("keys"),
            },
            _clock,
            NullLogger<SqliteOutbox>.Instance
        );
}
