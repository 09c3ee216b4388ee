using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Ingestion;

namespace OfflineConversions.Server.Tests.Ingestion;

public sealed class RecentOutcomesTests
{
    [Fact]
    public async Task Of_an_event_id_without_an_end_the_beginning_is_remembered()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        foreach (var id in new[] { new string('b', 1_000_000), new string('a', 256), "short" })
        {
            (await service.PostAsync("/segment/v1/identify", $$"""{"messageId":"{{id}}","userId":"u"}""", "seg-key-1"))
                .EnsureSuccessStatusCode()
                .Dispose();
        }

        service
            .Services.GetRequiredService<RecentOutcomes>()
            .Latest()
            .Select(outcome => outcome.EventId)
            .Should()
            .Equal(
                "short",
                new string('a', RecentOutcomes.LongestEventId) + "…",
                Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(new string('b', 1_000_000))))
            );
    }
}
