using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Tests.Doctor;
using OfflineConversions.Targets.Meta.Responses;

namespace OfflineConversions.Meta.Tests;

/// <summary>The client of the package against the sandbox, which applies Meta's rules.</summary>
public sealed class SandboxTests
{
    [Fact]
    public async Task Everything_that_the_writer_accepts_is_accepted_by_Metas_rules()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await using var services = Some.Services(sandbox.Address);

        var report = await services.GetRequiredService<MetaConversionsClient>().SendAsync(Some.Batch(50));

        report.Delivered.Should().HaveCount(50);
        (await IdsAtAsync(sandbox)).Should().BeEquivalentTo(report.Delivered.Select(delivery => delivery.EventId));
    }

    [Fact]
    public async Task A_bad_event_is_refused_alone_and_its_neighbours_are_delivered()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await using var services = Some.Services(sandbox.Address);
        var batch = Some.Batch(20);
        var bad = batch.Deliveries[7] with
        {
            Payload = """{"event_name":"Purchase","event_id":"order-7"}"""u8.ToArray(),
        };

        var report = await services
            .GetRequiredService<MetaConversionsClient>()
            .SendAsync(batch with { Deliveries = [.. batch.Deliveries.Select((one, at) => at == 7 ? bad : one)] });

        var refused = report.Refused.Should().ContainSingle().Subject;
        refused.Delivery.EventId.Should().Be("order-7");
        refused.Reason.Should().Be(DeliveryReason.RefusedByMeta);
        refused.Error!.Code.Should().Be(100);
        report.Delivered.Should().HaveCount(19);
        report.Waiting.Should().BeEmpty();
        (await IdsAtAsync(sandbox)).Should().BeEquivalentTo(report.Delivered.Select(delivery => delivery.EventId));
    }

    private static async Task<string[]> IdsAtAsync(RunningSandbox sandbox)
    {
        using var events = JsonDocument.Parse(await sandbox.GetAsync("sandbox/events"));
        return
        [
            .. events
                .RootElement.GetProperty("events")
                .EnumerateArray()
                .Select(one => one.GetProperty("event").GetProperty("event_id").GetString()!),
        ];
    }
}
