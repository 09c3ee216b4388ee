using Microsoft.Extensions.Logging;
using OfflineConversions.Server.Ingestion.Kestrel;

namespace OfflineConversions.Server.Tests.Ingestion.Kestrel;

public sealed class QuietDrainingTests
{
    [Fact]
    public void A_misuse_of_the_body_by_the_service_stays_an_error()
    {
        var misuse = Thrown(() => throw new InvalidOperationException("Reading is already in progress."));
        var pumped = Thrown(SomeMessageBody.PumpAsync);

        QuietDraining.IsOfCaller(Draining, misuse).Should().BeFalse();
        QuietDraining.IsOfCaller(Draining, failure: null).Should().BeFalse();
        QuietDraining.IsOfCaller(new EventId(13, "ApplicationError"), pumped).Should().BeFalse();
        QuietDraining.IsOfCaller(Draining, pumped).Should().BeTrue();
    }

    private static EventId Draining => new(35, "RequestBodyDrainBodyReaderInvalidState");

    private static InvalidOperationException Thrown(Action throwing) =>
        throwing.Should().Throw<InvalidOperationException>().Which;

    private static class SomeMessageBody
    {
        public static void PumpAsync() => throw new InvalidOperationException("Null characters are not allowed.");
    }
}
