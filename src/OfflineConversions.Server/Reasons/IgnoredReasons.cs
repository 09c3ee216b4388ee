using OfflineConversions.Conversions;

namespace OfflineConversions.Server.Reasons;

/// <summary>Why an event is not meant for Meta.</summary>
internal static class IgnoredReasons
{
    public static IReadOnlyList<ReasonEntry> All { get; } =
    [
        Of(
            Reason.EventNotMapped,
            "The connection's mapping does not list this event.",
            "A new or renamed event at the source, or an event that Meta does not need.",
            "Add the event to `Events` if Meta should receive it."
        ),
        Of(
            Reason.BelowMinimumInformation,
            "The source's own minimum of match keys is not reached.",
            "The event has neither an e-mail address, a phone number, an id nor a browser cookie, and fewer than three "
                + "other match keys.",
            "Send one of `em`, `ph`, `external_id`, `fbp` and `fbc`, or three others."
        ),
        Of(
            Reason.Duplicate,
            "The same dataset, event name and event id arrived before on this connection or in its "
                + "`DeduplicationGroup`, within `DeduplicationWindow`.",
            "A client or a shop repeats a post, which is harmless, or gives two sales the same id.",
            "Nothing: the first copy counts. Give each sale its own id if these were different sales."
        ),
        Of(
            Reason.NotForwarded,
            "Not a product action that goes to Meta, or an order of a file that was cancelled, refunded or not paid.",
            "The feed or the file contains more than sales.",
            "Nothing. If these orders of a file should count as sales, leave the column of their status out in "
                + "`File:Columns`."
        ),
        Of(
            Reason.NotAFeed,
            "Sent by an app or a web page while `FeedOnly` is on.",
            "The connection forwards feeds only.",
            "Set `FeedOnly` to `false` if Meta should receive these events."
        ),
        Of(
            Reason.WrongEnvironment,
            "Sent by the environment that `Environment` excludes.",
            "Test traffic reaches the production connection, or the other way round.",
            "Change `Environment` if Meta should receive these events."
        ),
        Of(
            Reason.UnsupportedType,
            "Not a track call.",
            "Clients also send identify, page, screen and group calls.",
            "Nothing."
        ),
        Of(
            Reason.DisabledByIntegrations,
            "The event's `integrations` object excludes this destination.",
            "The client, or a consent tool in it, switched the destination off for this event.",
            "Nothing, or correct `integrations` at the source."
        ),
        Of(
            Reason.NoConsent,
            "The person's consent does not include the connection's category.",
            "The person has not agreed, or the client does not send the categories.",
            "Nothing. If everyone is affected, check `UserConsentCategory`."
        ),
        Of(
            Reason.Erased,
            "The person was erased, and the suppression has not ended.",
            "`POST /api/erasure` was called for this person within the longest `DeduplicationWindow`.",
            "Nothing."
        ),
    ];

    private static ReasonEntry Of(string code, string meaning, string cause, string remedy) =>
        new(code, ReasonKind.Ignored, meaning, cause, remedy);
}
