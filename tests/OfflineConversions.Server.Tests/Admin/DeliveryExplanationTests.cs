using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Reasons;

namespace OfflineConversions.Server.Tests.Admin;

public sealed class DeliveryExplanationTests
{
    [Fact]
    public void An_event_that_Metas_request_limit_holds_up_says_so_although_the_process_does_not_know_it()
    {
        var explanation = DeliveryExplanation.Of(Pending(new MetaAnswer(4)), stop: null);

        explanation.Reason.Should().Be("throttled_by_meta");
        explanation.Meaning.Should().NotBeNullOrEmpty();
        explanation.Remedy.Should().NotBeNullOrEmpty();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(190)]
    public void Other_answers_are_no_reason_to_wait_any_longer(int code) =>
        DeliveryExplanation.Of(Pending(new MetaAnswer(code)), stop: null).Reason.Should().BeNull();

    [Fact]
    public void What_stops_the_connection_now_counts_more_than_the_last_answer() =>
        DeliveryExplanation
            .Of(Pending(new MetaAnswer(4)), PendingStop.Of("paused_by_operator", ReasonKind.Paused))
            .Reason.Should()
            .Be("paused_by_operator");

    private static JournalDelivery Pending(MetaAnswer answer) =>
        new("1", "Purchase", DeliveryState.Pending, Attempts: 1, Answer: answer);
}
