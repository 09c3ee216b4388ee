namespace OfflineConversions.Targets.Meta.Responses;

/// <summary>
/// The reason codes of delivery: why an event is on the failed list, and why a connection or a dataset is slowed down,
/// halted or paused. Operators see them in the log, the API and the metrics.
/// </summary>
public static class DeliveryReason
{
    /// <summary>Failed: Meta refused this event.</summary>
    public const string RefusedByMeta = "refused_by_meta";

    /// <summary>Failed: Meta refused the event alone as larger than a request may be.</summary>
    public const string TooLarge = "too_large";

    /// <summary>Failed: Meta's acceptance window ended before the event could be delivered.</summary>
    public const string WindowExpired = "window_expired";

    /// <summary>Failed: the stored event was damaged or cannot be decrypted, so it was not sent.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>Slowed down: Meta's request limit is reached.</summary>
    public const string Throttled = "throttled_by_meta";

    /// <summary>
    /// Slowed down: Meta does not respond, or only with server errors or with responses that explain nothing.
    /// </summary>
    public const string Unreachable = "meta_unreachable";

    /// <summary>Slowed down: Meta's usage headers show 75 percent or more of the request limit.</summary>
    public const string NearingLimit = "nearing_limit";

    /// <summary>Paused: an operator has paused the connection.</summary>
    public const string PausedByOperator = "paused_by_operator";

    /// <summary>
    /// Halted: Meta refused more than 5 percent of a large batch, or twenty events in a row in the same way, so the
    /// events are probably not the cause.
    /// </summary>
    public const string TooManyRefused = "too_many_refused";

    /// <summary>Halted: the access token is expired, revoked or wrong.</summary>
    public const string TokenInvalid = "token_invalid";

    /// <summary>
    /// Halted: Meta refused the session or <c>appsecret_proof</c>; check AccessToken and AppSecret.
    /// </summary>
    public const string BadSignature = "bad_signature";

    /// <summary>Halted: the token may not send to this dataset.</summary>
    public const string PermissionDenied = "permission_denied";

    /// <summary>Halted: the dataset does not exist, or the token cannot see it.</summary>
    public const string UnknownDataset = "unknown_dataset";

    /// <summary>Halted: Meta does not serve this path; check Graph:BaseAddress and the version.</summary>
    public const string UnknownPath = "unknown_path";

    /// <summary>Halted: the configured version of the Graph API has ended; check Graph:ApiVersion.</summary>
    public const string UnsupportedVersion = "unsupported_version";

    /// <summary>Halted: Meta has blocked the app or the account for policy reasons.</summary>
    public const string BlockedForPolicy = "blocked_for_policy";
}
