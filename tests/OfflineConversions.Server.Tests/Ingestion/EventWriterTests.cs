using System.Globalization;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Tests.Ingestion;

public sealed class EventWriterTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("\"messageId\":\"m\",", false)]
    [InlineData("\"timestamp\":NOW,", false)]
    public async Task A_repeat_counts_as_a_duplicate_for_one_hour_only_if_the_event_has_neither_id_nor_time(
        string identity,
        bool isBrief
    )
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        (
            await service.PostAsync(
                "/segment/v1/track",
                $$$"""
                { {{{identity.Replace(
                    "NOW",
                    now
                )}}} "event":"Order Completed","userId":"u","properties":{"revenue":1,"currency":"EUR"}}
                """,
                "seg-key-1"
            )
        )
            .EnsureSuccessStatusCode()
            .Dispose();
        service
            .Outbox.Entries.Should()
            .ContainSingle()
            .Which.DeduplicationWindow.Should()
            .Be(isBrief ? TimeSpan.FromHours(1) : new ConnectionOptions().DeduplicationWindow);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData(", \"DeduplicationGroup\": \"Shop_1.eu-west\"", "Shop_1.eu-west")]
    public async Task An_event_is_deduplicated_within_the_group_of_its_connection(string setting, string? group)
    {
        await using var service = await ServiceUnderTest.StartAsync(
            ServiceUnderTest.FourSources.Replace("\"Source\": \"Segment\"", $"\"Source\": \"Segment\"{setting}")
        );
        (
            await service.PostAsync(
                "/segment/v1/track",
                ServiceUnderTest.Sample("segment", "/segment/v1/track"),
                "seg-key-1"
            )
        )
            .EnsureSuccessStatusCode()
            .Dispose();

        service.Outbox.Entries.Should().ContainSingle().Which.DeduplicationGroup.Should().Be(group);
    }

    [Fact]
    public async Task An_event_that_no_list_mentions_is_shown_with_its_name()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        (
            await service.PostAsync(
                "/segment/v1/track",
                """{"messageId":"m","event":"Coffee Brewed","userId":"u"}""",
                "seg-key-1"
            )
        )
            .EnsureSuccessStatusCode()
            .Dispose();

        service
            .Outbox.Outcomes.Should()
            .ContainSingle(outcome =>
                outcome.Event.EventName == "Coffee Brewed" && outcome.Event.Reason == "event_not_mapped"
            );
    }
}
