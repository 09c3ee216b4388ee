namespace OfflineConversions.Server.Targets.Meta;

/// <summary>
/// Our reason codes of the way out: why an event is on the failed list, why a connection slows down or stands still.
/// </summary>
internal static class FailureReason
{
    /// <summary>Failed: Meta refused this very event.</summary>
    public const string RefusedByMeta = "refused_by_meta";

    /// <summary>Failed: the event alone is larger than a request may be.</summary>
    public const string TooLarge = "too_large";

    /// <summary>Failed: Meta's acceptance window closed before the event could be delivered.</summary>
    public const string WindowExpired = "window_expired";

    /// <summary>Slowed: Meta's request limit is reached.</summary>
    public const string Throttled = "throttled_by_meta";

    /// <summary>Slowed: Meta does not answer, or only with failures.</summary>
    public const string Unreachable = "meta_unreachable";

    /// <summary>Slowed: Meta's usage headers show 75 percent or more of the request limit.</summary>
    public const string NearingLimit = "nearing_limit";

    /// <summary>Paused: an operator wants nothing sent.</summary>
    public const string PausedByOperator = "paused_by_operator";

    /// <summary>
    /// Halted: Meta refused more than 5 percent of a large batch, or every event of one alike; the events are hardly at
    /// fault.
    /// </summary>
    public const string TooManyRefused = "too_many_refused";

    /// <summary>Halted: the access token is expired, revoked or wrong.</summary>
    public const string TokenInvalid = "token_invalid";

    /// <summary>Halted: the login or <c>appsecret_proof</c> was refused; check AccessToken and AppSecret.</summary>
    public const string BadSignature = "bad_signature";

    /// <summary>Halted: the token may not write to this dataset.</summary>
    public const string PermissionDenied = "permission_denied";

    /// <summary>Halted: there is no such dataset, or the token cannot see it.</summary>
    public const string UnknownDataset = "unknown_dataset";

    /// <summary>Halted: Meta does not know the path; check Graph:BaseAddress and the version.</summary>
    public const string UnknownPath = "unknown_path";

    /// <summary>Halted: blocked by Meta for policy reasons.</summary>
    public const string BlockedForPolicy = "blocked_for_policy";
}
