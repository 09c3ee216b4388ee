using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Encryption;

/// <summary>
/// Encrypted payloads and their keys. What the outbox does with them beyond that is held by <see
/// cref="EncryptedOutboxTests"/>.
/// </summary>
public sealed partial class PayloadEncryptionTests : IDisposable
{
    private const string Hash = "86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d";

    private static readonly LeaseRequest Everything = new("stores", 1_000_000, 1_000_000_000);

    private readonly TemporaryFolder _folder = new(fast: true);
    private readonly FakeTimeProvider _clock = new(Some.Now);

    private string File => _folder.File("outbox.db");

    private string Keys => File + ".keys";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Encrypted_no_file_holds_anything_of_a_payload_not_even_after_a_recovery()
    {
        await using (var outbox = Open(encrypt: true))
        {
            await FillAsync(outbox);
            NothingIsReadable();
        }

        NothingIsReadable();
        using (var file = new FileStream(File, FileMode.Open))
        {
            // In the middle of the chunks.
            file.Position = file.Length / 2;
            file.Write([.. Enumerable.Repeat((byte)0xA5, 20_000)]);
        }

        await using var recovered = Open(encrypt: true);

        Directory.GetFiles(_folder.Path, "*.corrupt-*").Should().NotBeEmpty();
        NothingIsReadable();
        var line = (await recovered.LedgerAsync(default)).Single();
        var texts = (await LeaseAllAsync(recovered)).ToArray();
        texts
            .Should()
            .OnlyContain(text => text.Contains(Hash, StringComparison.Ordinal))
            .And.HaveCount((int)line.Waiting)
            .And.HaveCountGreaterThan(200);
        (await recovered.FailedAsync(new FailedQuery(Limit: 1000), default))
            .Where(failed => failed.Burial.Reason != "unreadable")
            .Should()
            .ContainSingle()
            .Which.Text()
            .Should()
            .Contain(Hash);
        line.Accepted.Should().Be(line.Delivered + line.Waiting + line.Failed + line.Discarded + line.Expired);
    }

    [Fact]
    public async Task In_the_clear_the_same_search_finds_the_payload()
    {
        await using var outbox = Open(encrypt: false);
        await outbox.AppendAsync([Some.Entry("a", payload: Payload("a"))], default);

        Files.Holding(_folder.Path, Hash).Should().NotBeEmpty();
        Directory.Exists(Keys).Should().BeFalse("without encryption no key is made");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_stored_before_encryption_was_turned_on_or_off_stays_readable(bool first)
    {
        await using (var outbox = Open(encrypt: first))
        {
            await outbox.AppendAsync([Some.Entry("failed", payload: Payload("failed"))], default);
            var chunk = (await outbox.LeaseAsync(Everything, default)).Single();
            await outbox.SettleAsync(
                [new ChunkSettlement(chunk, [], default, [new Burial(0, "refused_by_meta")])],
                default
            );
            await outbox.AppendAsync([Some.Entry("before", payload: Payload("before"))], default);
        }

        await using var turned = Open(encrypt: !first);
        await turned.AppendAsync([Some.Entry("after", payload: Payload("after"))], default);

        (await LeaseAllAsync(turned)).Should().Equal(Payload("before"), Payload("after"));
        await turned.ResolveFailedAsync(new FailedSelection(), Resolution.Replay, default);
        (await LeaseAllAsync(turned)).Should().Equal(Payload("failed"));
    }

    [Fact]
    public async Task An_encrypted_chunk_that_has_come_to_harm_is_listed_and_its_neighbours_are_sent()
    {
        await using (var outbox = Open(encrypt: true))
        {
            await FillAsync(outbox, chunks: 3);
        }

        Execute(
            "UPDATE chunks SET payload = CAST(substr(payload, 1, 60) || x'00' || substr(payload, 62) AS BLOB) WHERE "
                + "id = 3"
        );
        Execute("UPDATE failed SET payload = CAST(substr(payload, 1, 60) || x'00' || substr(payload, 62) AS BLOB)");

        await using var again = Open(encrypt: true);

        (await LeaseAllAsync(again)).Should().HaveCount(2);
        await again.SetPausedAsync("other", paused: false, default);
        (await again.BacklogAsync(default)).Single().Events.Should().Be(2, "the writer works in order");
        (await again.FailedAsync(new FailedQuery(), default))
            .Select(failed => failed.Text())
            .Should()
            .Equal("""{"unreadable":true}""", """{"unreadable":true}""");
        (await again.ResolveFailedAsync(new FailedSelection(), Resolution.Discard, default))
            .Should()
            .Be(new ResolvedEvents(2));
    }

    [Theory]
    [InlineData(false, null, false)]
    [InlineData(false, false, false)]
    [InlineData(false, true, true)]
    [InlineData(true, null, true)]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)]
    public async Task What_is_written_is_encrypted_if_asked_for_or_if_a_folder_for_the_keys_is_set(
        bool hasFolder,
        bool? encrypt,
        bool isEncrypted
    )
    {
        await using (var plain = Open(encrypt: false))
        {
            await plain.AppendAsync([Some.Entry("old", payload: """{"n":"old"}""")], default);
        }

        await using var outbox = Open(encrypt, hasFolder ? _folder.File("folder") : null);
        await outbox.AppendAsync([Some.Entry("new", payload: Payload("new"))], default);

        Files.Holding(_folder.Path, Hash).Any().Should().Be(!isEncrypted);
        Directory.Exists(hasFolder ? _folder.File("folder") : Keys).Should().Be(isEncrypted);
        (await LeaseAllAsync(outbox)).Should().Equal("""{"n":"old"}""", Payload("new"));
    }

    private static async Task FillAsync(SqliteOutbox outbox, int chunks = 300)
    {
        await outbox.AppendAsync([Some.Entry("bad", payload: Payload("bad"))], default);
        var bad = (await outbox.LeaseAsync(Everything, default)).Single();
        await outbox.SettleAsync(
            [new ChunkSettlement(bad, [], default, [new Burial(0, "refused_by_meta", 100)])],
            default
        );
        for (var i = 0; i < chunks; i++)
        {
            await outbox.AppendAsync([Some.Entry($"{i}", payload: Payload($"{i}"))], default);
        }
    }

    private static async Task<List<string>> LeaseAllAsync(SqliteOutbox outbox)
    {
        var texts = new List<string>();
        while (await outbox.LeaseAsync(Everything, default) is { Count: > 0 } chunks)
        {
            texts.AddRange(chunks.Texts());
        }

        return texts;
    }

    /// <summary>Short enough to be stored uncompressed, so that in the clear it can be found.</summary>
    private static string Payload(string id) =>
        $$$"""
            {"event_name":"ThePurchase","event_id":"the-id-{{{id}}}","user_data":{"em":["{{{Hash}}}"]},
              "custom_data":{"filler":"{{{new string('y', 800)}}}"}}
            """;

    private void NothingIsReadable()
    {
        foreach (var fragment in new[] { Hash, "ThePurchase", "the-id-", "user_data", "yyyyyyyy" })
        {
            Files.Holding(_folder.Path, fragment).Should().BeEmpty(fragment);
        }
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var statement = new Statement(connection, sql);
        statement.Execute();
    }

    private SqliteOutbox Open(bool? encrypt, string? keys = null) =>
        new(
            new OutboxOptions
            {
                Path = File,
                Encrypt = encrypt,
                KeyDirectory = keys,
            },
            _clock,
            NullLogger<SqliteOutbox>.Instance
        );
}
