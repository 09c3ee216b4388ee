using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Reading;

/// <summary>
/// The events of a damaged chunk are lost, so the shop may send them again: their deduplication keys are released, as
/// far as they can still be read.
/// </summary>
public sealed class DamagedChunkKeysTests : IDisposable
{
    private static readonly LeaseRequest Everything = new("stores", 1_000_000, 1_000_000_000);

    private readonly TemporaryFolder _folder = new(fast: true);
    private readonly FakeTimeProvider _clock = new(Some.Now);

    private string File => _folder.File("outbox.db");

    public static TheoryData<string, string, bool> Damages
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (var form in new[] { "plain", "compressed" })
            {
                foreach (var damage in new[] { "version", "codec", "checksum", "events", "payload", "columns" })
                {
                    data.Add(form, damage, false);
                    data.Add(form, damage, true);
                }

                data.Add(form, "destination", false);
            }

            data.Add("encrypted", "destination", false);
            return data;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task An_event_of_a_damaged_chunk_that_is_sent_again_is_accepted_and_no_other(
        string form,
        string damage,
        bool recover
    )
    {
        var (lost, kept) = (Entries("lost", form), Entries("kept", form));
        await using (var outbox = Open(form))
        {
            await outbox.AppendAsync(kept, default);
            await outbox.AppendAsync(lost, default);
        }

        Damage(damage, recover);
        await using var again = Open(form);
        again.Recoveries.Should().HaveCount(recover ? 1 : 0);
        var sent = await again.LeaseAsync(Everything, default);
        await again.SetPausedAsync("other", paused: false, default); // the writer works in order

        (await again.AppendAsync(lost, default)).Stored.Should().OnlyContain(stored => stored);
        (await again.AppendAsync(lost, default)).Stored.Should().OnlyContain(stored => !stored);
        if (damage != "destination")
        {
            sent.Sum(chunk => chunk.Events.Count).Should().Be(kept.Length);
            (await again.AppendAsync(kept, default)).Stored.Should().OnlyContain(stored => !stored);
        }

        await again.ShouldBalanceAsync();
    }

    [Fact]
    public async Task A_key_that_is_damaged_itself_stays_taken_and_the_others_of_its_chunk_are_released()
    {
        var entries = Entries("lost", "plain");
        await using (var outbox = Open("plain"))
        {
            await outbox.AppendAsync(entries, default);
        }

        // The last byte belongs to the end of the last key.
        Execute("UPDATE chunks SET payload = CAST(substr(payload, 1, length(payload) - 1) || x'00' AS BLOB)");

        await using var again = Open("plain");
        (await again.LeaseAsync(Everything, default)).Should().BeEmpty();
        await again.SetPausedAsync("other", paused: false, default);
        (await again.AppendAsync(entries, default))
            .Stored.Should()
            .Equal(entries.Select((_, index) => index < entries.Length - 1));
    }

    [Fact]
    public async Task A_released_key_is_released_after_a_restart_too()
    {
        var entries = Entries("lost", "plain");
        await using (var outbox = Open("plain"))
        {
            await outbox.AppendAsync(entries, default);
        }

        Damage("payload", recover: false, chunk: 1);
        await using (var outbox = Open("plain"))
        {
            (await outbox.LeaseAsync(Everything, default)).Should().BeEmpty();
            await outbox.SetPausedAsync("other", paused: false, default);
        }

        await using var again = Open("plain");
        (await again.AppendAsync(entries, default)).Stored.Should().OnlyContain(stored => stored);
    }

    private static OutboxEntry[] Entries(string name, string form) =>
        [
            .. Enumerable
                .Range(0, 5)
                .Select(number => Some.Entry($"{name}-{number}", payload: Payload($"{name}-{number}", form))),
        ];

    /// <summary>Text that compresses to about a half.</summary>
    private static string Payload(string name, string form)
    {
        var filler = string.Concat(
            Enumerable
                .Range(0, form == "plain" ? 1 : 60)
                .Select(part => Convert.ToHexString(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(name + part))))
        );
        return $$"""{"n":"{{name}}","filler":"{{filler}}"}""";
    }

    private void Damage(string damage, bool recover, int chunk = 2)
    {
        Execute(
            damage switch
            {
                "version" => Byte(1, "09", chunk),
                "codec" => Byte(2, "07", chunk),
                "checksum" => Byte(5, "5A", chunk),
                "events" => Byte(11, "F7", chunk),
                "payload" => Byte(40, "01", chunk),
                "columns" => $"UPDATE chunks SET closed = 1, format = 0, expires_at = 1 WHERE id = {chunk}",
                _ => "UPDATE destinations SET dataset = '1003'",
            }
        );
        if (recover)
        {
            using var file = new FileStream(File, FileMode.Open);
            file.Write("damaged"u8);
        }
    }

    private static string Byte(int place, string value, int chunk) =>
        $"""
            UPDATE chunks SET payload =
                CAST(substr(payload, 1, {place - 1}) || x'{value}' || substr(payload, {place + 1}) AS BLOB)
            WHERE id = {chunk}
            """;

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var statement = new Statement(connection, sql);
        statement.Execute().Should().BePositive();
    }

    private SqliteOutbox Open(string form) =>
        new(
            new OutboxOptions { Path = File, Encrypt = form == "encrypted" },
            _clock,
            NullLogger<SqliteOutbox>.Instance
        );
}
