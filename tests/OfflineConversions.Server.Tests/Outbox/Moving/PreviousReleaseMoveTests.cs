using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Moving;
using OfflineConversions.Server.Outbox.Postgres;
using OfflineConversions.Server.Outbox.Postgres.Moving;
using OfflineConversions.Server.Outbox.Sqlite.Moving;
using OfflineConversions.Server.Tests.Outbox.Postgres;
using OfflineConversions.Server.Tests.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Moving;

/// <summary>A file of the previous release, whose rows have an older form, moves into PostgreSQL.</summary>
public sealed class PreviousReleaseMoveTests
{
    [Theory]
    [InlineData("plain-clean.zip")]
    [InlineData("encrypted-killed.zip")]
    public async Task Its_events_are_delivered_from_there(string name)
    {
        using var file = new ReleasedFile(name);
        var options = file.Options;
        options.Provider = OutboxProvider.PostgreSql;
        options.ConnectionString = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();

        var report = await MoveAsync(options, file.Clock);

        await using var outbox = await PostgresOutbox.OpenAsync(
            options,
            file.Clock,
            NullLogger<PostgresOutbox>.Instance,
            new PostgresTiming(TimeSpan.FromDays(3650), UsesDatabaseClock: false)
        );
        var waiting = file.Expected.Deliveries.Where(delivery => delivery.Outcome == "waiting").ToArray();
        (await outbox.PendingAsync(new PendingQuery(Limit: 10_000), default))
            .Events.Select(one => (one.Destination, Text: Text(JsonElement.Parse(one.Payload!.Value.Span))))
            .Should()
            .BeEquivalentTo(waiting.Select(one => (one.Destination, Text: Text(one.Payload))));
        var failed = await outbox.FailedAsync(new FailedQuery(Limit: 10_000), default);
        failed
            .Select(one => (one.Id, one.FailedAt, one.Burial.Reason))
            .Should()
            .BeEquivalentTo(file.Expected.Failed.Select(one => (one.Id, one.FailedAt, one.Reason)));
        failed.Should().NotContain(one => one.Payload.Length == 0);
        report
            .Ledger.Select(line => (line.Connection, line.Accepted, line.Delivered, line.Waiting, line.Failed))
            .Should()
            .BeEquivalentTo(
                file.Expected.Ledger.Select(line =>
                    (line.Connection, line.Accepted, line.Delivered, line.Pending, line.Failed)
                )
            );
        var repeats = waiting.Take(20).Select(one => one.Repeated).ToArray();
        (await outbox.AppendAsync(repeats, default)).Stored.Should().NotContain(true);
    }

    private static string Text(JsonElement payload) => JsonSerializer.Serialize(payload);

    private static async Task<MoveReport> MoveAsync(OutboxOptions options, TimeProvider time)
    {
        await using var source = SqliteMovableStore.Open(options, time, NullLogger.Instance, mustExist: true);
        await using var target = await PostgresMovableStore.OpenAsync(
            options,
            TimeSpan.FromDays(3650),
            time,
            NullLogger.Instance
        );
        return await new OutboxMove(source, target, time).RunAsync(default);
    }
}
