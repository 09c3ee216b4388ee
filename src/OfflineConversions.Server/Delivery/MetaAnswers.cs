using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Delivery;

/// <summary>What a response says about the events of its request, as the journal and the tail show it.</summary>
internal static class MetaAnswers
{
    /// <summary>What Meta said; null if it said nothing.</summary>
    public static MetaAnswer? Of(GraphResponse response) =>
        response switch
        {
            { Error: { } error } => new MetaAnswer(
                error.Code,
                error.Subcode,
                MetaErrorTitles.Find(error.Code, error.Subcode),
                response.TraceId,
                error.Field
            ),
            { TraceId: { } trace } => new MetaAnswer(Code: null, TraceId: trace),
            _ => null,
        };
}
