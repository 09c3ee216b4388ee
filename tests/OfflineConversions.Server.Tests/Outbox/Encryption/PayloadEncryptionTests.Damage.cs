using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox.Encryption;

/// <summary>Damage of what says how a row is encrypted. It never looks like a missing key.</summary>
public sealed partial class PayloadEncryptionTests
{
    /// <summary>Which bytes of an encrypted chunk are changed: its mark, and the number of its key.</summary>
    public static TheoryData<int, bool> Heads
    {
        get
        {
            var data = new TheoryData<int, bool>();
            for (var place = 1; place <= 20; place++)
            {
                data.Add(place, place % 2 == 0);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public async Task A_damaged_key_number_costs_no_event_and_a_damaged_mark_only_its_own(int place, bool recover)
    {
        await using (var outbox = Open(encrypt: true))
        {
            await FillAsync(outbox, chunks: 3);
        }

        Execute(Damaged(place, "WHERE id = 3"));
        await using var again = OpenDamaged(recover);

        var sent = await LeaseAllAsync(again);
        await again.SetPausedAsync("other", paused: false, default); // the writer works in order
        sent.Should().HaveCount(place <= 4 ? 2 : 3, "the content proves that only the number is damaged");
        (await again.BacklogAsync(default)).Single().Events.Should().Be(sent.Count);
        (await again.FailedAsync(new FailedQuery(), default)).Should().HaveCount(place <= 4 ? 2 : 1);
        await again.ShouldBalanceAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Content_that_is_damaged_together_with_its_key_number_is_listed_and_does_not_wait(bool recover)
    {
        await using (var outbox = Open(encrypt: true))
        {
            await FillAsync(outbox, chunks: 3);
        }

        Execute(Damaged(10, "WHERE id = 3"));
        Execute(Damaged(60, "WHERE id = 3"));
        Execute(Damaged(10, "", "failed"));
        Execute(Damaged(60, "", "failed"));
        await using var again = OpenDamaged(recover);

        (await LeaseAllAsync(again)).Should().HaveCount(2);
        await again.SetPausedAsync("other", paused: false, default);
        (await again.BacklogAsync(default)).Single().Events.Should().Be(2);
        (await again.FailedAsync(new FailedQuery(), default))
            .Select(failed => failed.Text())
            .Should()
            .Equal("""{"unreadable":true}""", """{"unreadable":true}""");
    }

    [Theory]
    [InlineData(true, 0, false)]
    [InlineData(true, 0, true)]
    [InlineData(true, 3, false)]
    [InlineData(false, 1, false)]
    [InlineData(false, 1, true)]
    [InlineData(false, -7, false)]
    public async Task A_damaged_flag_beside_the_content_costs_nothing(bool encrypt, int closed, bool recover)
    {
        await using (var outbox = Open(encrypt))
        {
            await FillAsync(outbox, chunks: 3);
        }

        Execute($"UPDATE chunks SET closed = {closed} WHERE id = 3");
        Execute($"UPDATE failed SET closed = {closed}");
        await using var again = OpenDamaged(recover, encrypt);

        (await LeaseAllAsync(again)).Should().HaveCount(3);
        (await again.FailedAsync(new FailedQuery(), default)).Single().Text().Should().Contain(Hash);
    }

    [Theory]
    [InlineData("x''")]
    [InlineData("x'00'")]
    [InlineData("substr(key, 2)")]
    [InlineData("CAST(key || x'00' AS BLOB)")]
    [InlineData("zeroblob(16)")]
    [InlineData("zeroblob(100000)")]
    public async Task A_damaged_row_of_the_key_numbers_stops_no_start_and_a_missing_key_is_still_reported(string damage)
    {
        await using (var outbox = Open(encrypt: true))
        {
            await FillAsync(outbox, chunks: 3);
        }

        Execute($"UPDATE payload_keys SET key = {damage}");

        // A start that does not encrypt records no key itself.
        await using (var again = Open(encrypt: false))
        {
            (await LeaseAllAsync(again)).Should().HaveCount(3);
        }

        Directory.Move(Keys, _folder.File("elsewhere"));
        FluentActions
            .Invoking(() => Open(encrypt: false))
            .Should()
            .Throw<SettingUnusableException>()
            .WithMessage("3 waiting and 1 failed events*");
    }

    private static string Damaged(int place, string where, string table = "chunks") =>
        $"""
            UPDATE {table} SET payload = CAST(
                substr(payload, 1, {place - 1}) || iif(substr(payload, {place}, 1) = x'5A', x'5B', x'5A')
                    || substr(payload, {place + 1}) AS BLOB)
            {where}
            """;

    private Server.Outbox.Sqlite.SqliteOutbox OpenDamaged(bool recover, bool encrypt = true)
    {
        if (recover)
        {
            using var file = new FileStream(File, FileMode.Open);
            file.Write("damaged"u8);
        }

        var outbox = Open(encrypt);
        outbox.Recoveries.Should().HaveCount(recover ? 1 : 0);
        return outbox;
    }
}
