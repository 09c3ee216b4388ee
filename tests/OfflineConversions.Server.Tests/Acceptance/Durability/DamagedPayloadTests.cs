using System.Text;
using System.Text.Json.Nodes;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Acceptance.Durability;

/// <summary>Bytes of payloads that change on the disk, from the post to the failed list.</summary>
public sealed class DamagedPayloadTests : IDisposable
{
    private const int Orders = 30;
    private const int Damaged = 10;

    private readonly TemporaryFolder _folder = new();

    [PosixFact]
    public async Task Damaged_payloads_are_never_sent_halt_nothing_and_are_listed_and_the_others_arrive()
    {
        OutboxUnderTest.MustBeFile();
        string[] orders = [.. Enumerable.Range(0, Orders).Select(i => $"order-{i:00}")];
        await using (var service = await ServiceProcess.StartAsync(_folder, Settings.GraphNowhere()))
        {
            // One after the other, so that each is a chunk of its own.
            foreach (var order in orders)
            {
                (await service.Http.PostOrdersAsync(order)).Should().BeTrue();
            }

            service.Terminate();
            await service.ExitAsync();
        }

        var file = Files.Of(_folder.Path).Single(path => path.EndsWith(".db", StringComparison.Ordinal));
        var bytes = await File.ReadAllBytesAsync(file);
        var random = new Random(20261129);
        foreach (var order in orders.Take(Damaged))
        {
            var at = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"\"event_id\":\"{order}\"")) + random.Next(22);
            bytes[at] ^= (byte)(1 << random.Next(8));
        }

        await File.WriteAllBytesAsync(file, bytes);
        await using var graph = await SandboxGraph.StartAsync();
        await using var again = await ServiceProcess.StartAsync(_folder, Settings.GraphAt(graph.Address));
        var line = (await again.ShouldBalanceOnceNothingWaitsAsync()).Single();

        (await graph.Received.AllAsync()).Select(ReceivedEvents.Id).Should().BeEquivalentTo(orders.Skip(Damaged));
        line.Delivered.Should().Be(Orders - Damaged);
        line.Failed.Should().Be(Damaged);
        (await again.OperateAsync<JsonArray>(HttpMethod.Get, "/api/failed"))
            .Should()
            .HaveCount(Damaged)
            .And.OnlyContain(failed =>
                (string?)failed!["reason"] == "unreadable" && (bool?)failed["event"]!["unreadable"] == true
            );
        var found = await again.OperateAsync<JsonObject>(HttpMethod.Get, $"/api/events/{orders[0]}");
        var delivery = found["occurrences"]![0]!["deliveries"]![0]!;
        ((string?)delivery["state"], (string?)delivery["reason"]).Should().Be(("failed", "unreadable"));
        (await again.OperateAsync<JsonArray>(HttpMethod.Get, "/api/connections"))
            .Should()
            .OnlyContain(connection => (string?)connection!["state"] == "active");
    }

    public void Dispose() => _folder.Dispose();
}
