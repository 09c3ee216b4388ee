using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite;

/// <summary>A file that the previous release wrote opens with everything in it, and keeps its promises.</summary>
public sealed class PreviousReleaseTests
{
    private static readonly string ErasedPerson = Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes("erased@example.com"))
    );

    private static readonly string[] Connections = ["stores", "tills", "app", "web", "old-tills"];

    public static TheoryData<string> Files =>
        ["plain-clean.zip", "plain-killed.zip", "encrypted-clean.zip", "encrypted-killed.zip"];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_waiting_event_is_leased_for_its_destination_with_its_window_and_key(string name)
    {
        using var file = new ReleasedFile(name);
        await using var outbox = file.Open();
        var expected = file.Expected.Deliveries.Where(delivery => delivery.Outcome == "waiting").ToArray();
        expected.Should().HaveCount(name.Contains("killed", StringComparison.Ordinal) ? 21 : 17);
        (await outbox.BacklogAsync(default)).Sum(backlog => backlog.Events).Should().Be(expected.Length);
        file.Clock.Advance(TimeSpan.FromHours(1));

        var chunks = new List<Chunk>();
        foreach (var connection in Connections)
        {
            while (await outbox.LeaseAsync(new LeaseRequest(connection, 5, 5000), default) is { Count: > 0 } leased)
            {
                chunks.AddRange(leased);
            }
        }

        Forms(chunks.SelectMany(chunk => chunk.Events.Select(one => Form(chunk.Destination, one.Payload))))
            .Should()
            .Equal(
                Forms(expected.Select(one => Form(one.Destination, Encoding.UTF8.GetBytes(one.Payload.GetRawText()))))
            );
        chunks
            .SelectMany(chunk => chunk.Events)
            .Should()
            .OnlyContain(one => one.ExpiresAt > file.Clock.GetUtcNow().AddDays(2), "no window is closed");
        chunks
            .Where(chunk => chunk.Destination.Connection is "stores" or "app" or "web")
            .SelectMany(chunk => chunk.Events.Select(one => one.Key))
            .Should()
            .BeEquivalentTo(
                expected
                    .Where(one => one.Connection is "stores" or "app" or "web")
                    .Select(one => DeduplicationKey.OfEveryConnection(one.DatasetId, one.EventName, one.EventId))
            );
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_failed_list_has_every_event_with_its_reason_and_replays_it(string name)
    {
        using var file = new ReleasedFile(name);
        await using var outbox = file.Open();

        var failed = await outbox.FailedAsync(new FailedQuery(Limit: 1000), default);

        failed
            .Select(one => new
            {
                one.Id,
                one.Destination.Connection,
                one.Destination.DatasetId,
                one.FailedAt,
                one.Attempts,
                one.Burial.Reason,
                one.Burial.Code,
                one.Burial.Subcode,
                one.Burial.Title,
                one.Burial.TraceId,
            })
            .Should()
            .BeEquivalentTo(file.Expected.Failed, options => options.Excluding(one => one.Payload));
        failed
            .Select(one => JsonElement.Parse(one.Payload.Span))
            .Should()
            .Equal(file.Expected.Failed.Select(one => one.Payload), JsonElement.DeepEquals);
        (await outbox.ResolveFailedAsync(new FailedSelection("tills"), Resolution.Replay, default))
            .Should()
            .Be(new ResolvedEvents(3));
        (await outbox.ShouldBalanceAsync()).Single(line => line.Connection == "tills").Failed.Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_ledger_the_pauses_and_the_last_deliveries_are_as_the_release_reported_them(string name)
    {
        using var file = new ReleasedFile(name);
        for (var start = 0; start < 2; start++)
        {
            await using var outbox = file.Open();

            (await outbox.ShouldBalanceAsync())
                .Should()
                .BeEquivalentTo(
                    file.Expected.Ledger.Select(line => new LedgerLine(
                        line.Connection,
                        line.Accepted,
                        line.Delivered,
                        line.Pending,
                        line.Failed,
                        line.Discarded,
                        line.Expired
                    )),
                    $"this is start {start}"
                );
            (await outbox.PausedAsync(default))
                .Should()
                .BeEquivalentTo(file.Expected.Paused.Select(one => new PausedConnection(one.Connection, one.Since)));
            (await outbox.LastDeliveriesAsync(default))
                // The release did not report those of a removed connection.
                .Where(one => one.Connection != "old-tills")
                .Should()
                .BeEquivalentTo(file.Expected.LastDeliveries.Select(one => new LastDelivery(one.Connection, one.At)));
            (await outbox.HaltsAsync(default)).Should().BeEmpty();
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Whatever_became_of_an_event_a_repeat_is_a_duplicate_and_an_erased_person_stays_erased(string name)
    {
        using var file = new ReleasedFile(name);
        await using var outbox = file.Open();
        foreach (var delivery in file.Expected.Deliveries)
        {
            var repeated = await outbox.AppendAsync([delivery.Repeated], default);

            var isErased = delivery.Payload.GetRawText().Contains(ErasedPerson, StringComparison.Ordinal);
            var because = $"{delivery.EventId} of {delivery.Connection} was {delivery.Outcome}";
            repeated.Stored.Should().Equal([false], because);
            repeated.Erased.Should().Equal([isErased], because);
        }

        var fresh = file.Expected.Deliveries[0] with { EventId = "fresh" };
        (await outbox.AppendAsync([fresh.Repeated], default)).Stored.Should().Equal(true);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_suppression_ends_when_the_release_said_it_would(string name)
    {
        using var file = new ReleasedFile(name);
        await using var outbox = file.Open();
        var erased = file.Expected.Deliveries.First(delivery => delivery.Outcome == "erased").Repeated;

        file.Clock.SetUtcNow(new DateTimeOffset(2027, 1, 22, 0, 0, 0, TimeSpan.Zero));
        (await outbox.AppendAsync([erased], default)).Erased.Should().Equal(true);
        file.Clock.SetUtcNow(new DateTimeOffset(2027, 1, 23, 0, 0, 0, TimeSpan.Zero));
        (await outbox.AppendAsync([erased], default)).Stored.Should().Equal([true], "its key was erased with it");
    }

    private static string Form(Destination destination, ReadOnlyMemory<byte> payload) =>
        $"{destination} {JsonSerializer.Serialize(JsonElement.Parse(payload.Span))}";

    private static IEnumerable<string> Forms(IEnumerable<string> forms) => forms.Order(StringComparer.Ordinal);
}
