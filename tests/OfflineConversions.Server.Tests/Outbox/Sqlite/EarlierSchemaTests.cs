using System.Text;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite;

/// <summary>Upgrades from every schema there ever was, and the way back.</summary>
public sealed class EarlierSchemaTests
{
    public static TheoryData<int> Versions => [.. Enumerable.Range(1, Schema.Version)];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_file_of_each_schema_opens_with_everything_in_it(int version)
    {
        using var file = await EarlierFile.WriteAsync(version);
        for (var start = 0; start < 2; start++)
        {
            await using var outbox = file.Open();

            (await outbox.ShouldBalanceAsync())
                .Should()
                .Equal(new LedgerLine("stores", Accepted: 4, Delivered: 1, Waiting: 2, Failed: 1, 0, 0));
            var failed = (await outbox.FailedAsync(new FailedQuery(), default)).Should().ContainSingle().Which;
            failed.Burial.Reason.Should().Be("rejected_by_meta");
            failed.Text().Should().Be(Text(EarlierFile.Failed));
            (await outbox.PausedAsync(default))
                .Should()
                .BeEquivalentTo(version >= 2 ? new[] { new PausedConnection("web", Some.Now) } : []);
            (await outbox.LastDeliveriesAsync(default))
                .Should()
                .BeEquivalentTo(version >= 4 ? new[] { new LastDelivery("stores", Some.Now) } : []);
            (await outbox.HaltsAsync(default)).Should().HaveCount(version >= 6 ? 1 : 0);
        }

        file.Ask("PRAGMA user_version").Should().Be($"{Schema.Version}");
        file.Ask("PRAGMA integrity_check").Should().Be("ok");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_waits_in_a_file_of_each_schema_is_sent_once_and_a_repeat_is_a_duplicate(int version)
    {
        using var file = await EarlierFile.WriteAsync(version);
        await using var outbox = file.Open();

        var repeated = await outbox.AppendAsync([.. EarlierFile.Waiting, EarlierFile.Delivered], default);
        repeated.Stored.Should().Equal(false, false, false);
        var chunk = (await outbox.LeaseAsync(new LeaseRequest("stores", 10, 10), default)).Single();
        chunk.Texts().Should().Equal(EarlierFile.Waiting.Select(Text));
        await outbox.SettleAsync([ChunkSettlement.Delivered(chunk)], default);
        (await outbox.ResolveFailedAsync(new FailedSelection(), Resolution.Replay, default))
            .Should()
            .Be(new ResolvedEvents(1));
        (await outbox.LeaseAsync(new LeaseRequest("stores", 10, 10), default))
            .Texts()
            .Should()
            .Equal(Text(EarlierFile.Failed));
        (await outbox.AppendAsync([Some.Entry("fresh")], default)).Stored.Should().Equal(true);
    }

    [Fact]
    public async Task An_older_program_refuses_a_newer_file_says_what_to_do_and_changes_no_byte()
    {
        using var file = await EarlierFile.WriteAsync(Schema.Version);
        await file.Open().DisposeAsync();
        file.Ask($"CREATE TABLE later (id INTEGER PRIMARY KEY); PRAGMA user_version = {Schema.Version + 1}");
        var before = await File.ReadAllBytesAsync(file.Path);

        FluentActions
            .Invoking(file.Open)
            .Should()
            .Throw<InvalidOperationException>()
            .WithMessage(
                $"*newer version*schema {Schema.Version + 1}; this program supports {Schema.Version}*"
                    + "Start the newer version, or set Outbox:Path to another file.*"
            );

        (await File.ReadAllBytesAsync(file.Path)).Should().Equal(before);
        file.Ask($"DROP TABLE later; PRAGMA user_version = {Schema.Version}");
        await using var newer = file.Open();
        (await newer.ShouldBalanceAsync()).Should().ContainSingle();
    }

    private static string Text(OutboxEntry entry) => Encoding.UTF8.GetString(entry.Delivery.Payload.Span);
}
