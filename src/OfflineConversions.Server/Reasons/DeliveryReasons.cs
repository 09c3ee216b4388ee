namespace OfflineConversions.Server.Reasons;

/// <summary>
/// Why an event is on the failed list, and why a connection or a dataset sends more slowly or not at all.
/// </summary>
internal static class DeliveryReasons
{
    public static IReadOnlyList<ReasonEntry> All { get; } =
    [
        new(
            DeliveryReason.RefusedByMeta,
            ReasonKind.Failed,
            "Meta refused this event.",
            "A field that Meta checks and the service does not. Meta's code, title and field say which.",
            "Fix the field at the source. Replay the event only if the cause was at Meta."
        ),
        new(
            DeliveryReason.TooLarge,
            ReasonKind.Failed,
            "Meta refused the event alone as larger than a request may be.",
            "Hundreds of products, or long texts in the event's own properties.",
            "Send fewer properties, and discard the event."
        ),
        new(
            DeliveryReason.WindowExpired,
            ReasonKind.Failed,
            "Meta's acceptance window closed before the event could be delivered.",
            "The connection was halted, paused or unable to reach Meta for days.",
            "Find what stopped the connection. Meta no longer takes the event: discard it."
        ),
        new(
            DeliveryReason.Unreadable,
            ReasonKind.Failed,
            "The stored event was damaged on the disk or cannot be decrypted, so it was not sent.",
            "A failing disk, a file that was changed by hand, or a missing encryption key.",
            "Check the disk, let the shop send the event again, and discard it here."
        ),
        new(
            DeliveryReason.Throttled,
            ReasonKind.Throttled,
            "Meta's request limit is reached.",
            "Other programs use the same app or ad account, or requests are very small.",
            "Nothing: the service waits as long as Meta says."
        ),
        new(
            DeliveryReason.Unreachable,
            ReasonKind.Throttled,
            "Meta does not respond, or something else responds.",
            "An outage at Meta, DNS, TLS, a firewall or a proxy. `detail` says which.",
            "Check the network and `Graph:BaseAddress`. The service tries again by itself and keeps every event."
        ),
        new(
            DeliveryReason.NearingLimit,
            ReasonKind.Throttled,
            "Meta's usage headers show 75 % or more of its request limit.",
            "Other programs use the same app or ad account, or requests are very small.",
            "Nothing: the service sends more slowly."
        ),
        new(
            DeliveryReason.PausedByOperator,
            ReasonKind.Paused,
            "An operator paused the connection.",
            "`POST /api/connections/{name}/pause`.",
            "Resume it before Meta's acceptance window closes."
        ),
        Halt(
            DeliveryReason.TokenInvalid,
            "The access token has expired, was revoked or is wrong.",
            "The token of a person instead of a system user, a changed password, or a new app.",
            "Generate a system user's token and set `AccessToken`."
        ),
        Halt(
            DeliveryReason.BadSignature,
            "Meta refused the login or `appsecret_proof`.",
            "`AccessToken` and `AppSecret` belong to different apps.",
            "Set the secret of the app that the token belongs to."
        ),
        Halt(
            DeliveryReason.PermissionDenied,
            "The token may not write to this dataset.",
            "The system user was not given the dataset.",
            "Give the system user access to the dataset in Events Manager."
        ),
        Halt(
            DeliveryReason.UnknownDataset,
            "The dataset does not exist, or the token cannot see it.",
            "A typing error in the id, or a dataset of another business.",
            "Correct the dataset id in the connection, then redirect what waits (`POST /api/pending/redirect`)."
        ),
        Halt(
            DeliveryReason.TooManyRefused,
            "Meta refused so much that the events are probably not the cause.",
            "A dataset of the wrong kind, or a mapping that went wrong.",
            "Read Meta's code in the log, fix the cause, then resume the connection."
        ),
        Halt(
            DeliveryReason.UnknownPath,
            "Meta does not have this path.",
            "A wrong `Graph:BaseAddress` or version, or a proxy that changes paths.",
            "Check `Graph:BaseAddress` and `Graph:ApiVersion`."
        ),
        Halt(
            DeliveryReason.UnsupportedVersion,
            "The configured version of the Graph API has ended.",
            "Meta ends each version after about two years.",
            "Set the version that `detail` names to a current one, and restart."
        ),
        Halt(
            DeliveryReason.BlockedForPolicy,
            "Meta blocked the app or the account for policy reasons.",
            "Meta's review, or data that Meta forbids.",
            "Talk to Meta. Do not probe often."
        ),
    ];

    private static ReasonEntry Halt(string code, string meaning, string cause, string remedy) =>
        new(code, ReasonKind.Halted, meaning, cause, remedy);
}
