using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;
using OfflineConversions.Server.Tests.Outbox;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>Delivery on an outbox file, stopped while it is halted and started again.</summary>
public sealed class PersistedHaltTests : IDisposable
{
    private const int Events = 300;

    private readonly TemporaryFolder _folder = new();
    private readonly JumpingTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(190, 463, 401, null, "token_invalid")]
    [InlineData(100, 33, 400, "1001", "unknown_dataset")]
    public async Task After_a_restart_a_halt_remains_and_only_probes_are_sent_until_one_succeeds(
        int code,
        int subcode,
        int status,
        string? dataset,
        string reason
    )
    {
        var expected = new HaltScope("stores", dataset);
        Halt before;
        await using (var first = await CreateAsync())
        {
            first.Graph.Otherwise = _ => Scripted.Error(code, subcode, status: status);
            await first.Queue.AppendAsync([.. Enumerable.Range(0, Events).Select(Entry)], default);
            await first.StartAsync();
            await first.UntilAsync(() => first.Stores.Condition == Condition.Halted && first.Stores.InFlight == 0);
            before = (await first.Queue.HaltsAsync(default)).Should().ContainSingle().Subject;
        }

        await using var second = await CreateAsync();
        second.Graph.Otherwise = _ => Scripted.Error(code, subcode, status: status);
        (before.Scope, before.Reason).Should().Be((expected, reason));
        (await second.Queue.HaltsAsync(default)).Should().ContainSingle().Which.Since.Should().Be(before.Since);
        await second.StartAsync();
        await second.UntilAsync(() => second.Graph.Requests.Count == 3);

        second.Stores.Condition.Should().Be(Condition.Halted);
        second.Graph.Requests.Should().OnlyContain(request => request.Events.Count == 1, "a probe is one event");
        (await second.Queue.HaltsAsync(default)).Single().Since.Should().Be(before.Since, "it is the same halt");
        (await second.Queue.BacklogAsync(default)).Single().Events.Should().Be(Events);

        second.Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        var refused = second.Graph.Requests.Count;
        await second.UntilAsync(() =>
            second.Stores.Condition == Condition.Active
            && second.Stores.InFlight == 0
            && second.Graph.Requests.Skip(refused).Sum(request => request.Events.Count) >= Events
        );

        (await second.Queue.HaltsAsync(default)).Should().BeEmpty();
        (await second.Queue.ShouldBalanceAsync()).Single().Delivered.Should().Be(Events);
    }

    private Task<DeliveryHarness> CreateAsync() =>
        DeliveryHarness.CreateAsync(time: _time, outbox: time => new SqliteOutbox(
            new OutboxOptions { Path = _folder.File("outbox.db") },
            time,
            NullLogger<SqliteOutbox>.Instance
        ));

    private static OutboxEntry Entry(int number) => Some.Entry($"{number}", expiresAt: JumpingTime.Start.AddDays(7));
}
