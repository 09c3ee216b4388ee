using System.Globalization;

namespace OfflineConversions.Targets.Meta.Responses;

/// <summary>Why a request did not get Meta's response.</summary>
public enum Obstacle
{
    /// <summary>There is none: the response is Meta's.</summary>
    None,

    /// <summary>DNS does not resolve the host name.</summary>
    NameResolution,

    /// <summary>No process listens at the address.</summary>
    Refused,

    /// <summary>No connection could be made for another reason, such as a missing route.</summary>
    NoConnection,

    /// <summary>The TLS handshake failed, for example because of an unknown certificate.</summary>
    Tls,

    /// <summary>The configured proxy refused the tunnel.</summary>
    ProxyTunnel,

    /// <summary>The time limit of the attempt or of the connection passed.</summary>
    TimedOut,

    /// <summary>The connection broke before the response was complete.</summary>
    Broken,

    /// <summary>A response arrived that is an HTML page, usually from a proxy or gateway.</summary>
    Html,

    /// <summary>A response arrived that contains neither a Graph error nor a count of events.</summary>
    NotGraph,
}

/// <summary>Describes obstacles.</summary>
internal static class Obstacles
{
    /// <summary>
    /// What kept a request from Meta, or why its response explains nothing, in words that logs may contain; null for a
    /// response of Meta's that is neither temporary nor unexplained.
    /// </summary>
    public static string? Describe(GraphResponse response) =>
        response switch
        {
            { Cause: { } cause } => Describe(cause),
            { Obstacle: Obstacle.NameResolution } => "DNS does not resolve the host name",
            { Obstacle: Obstacle.Refused } => "the connection was refused",
            { Obstacle: Obstacle.NoConnection } => "no connection could be made",
            { Obstacle: Obstacle.Tls } => "the TLS handshake failed",
            { Obstacle: Obstacle.ProxyTunnel } => "the proxy refused the tunnel",
            { Obstacle: Obstacle.TimedOut } => "the request timed out",
            { Obstacle: Obstacle.Broken } => "the connection broke",
            { Obstacle: Obstacle.Html } => Text(
                $"an HTML page arrived with HTTP status {response.Status}, probably from a proxy or gateway"
            ),
            { Obstacle: Obstacle.NotGraph } => Text(
                $"a response with HTTP status {response.Status} arrived that is not Meta's"
            ),
            { Error: { } error } when Classifier.IsOutage(response) => Text(
                $"Meta reported a temporary error (code {error.Code})"
            ),
            { Error: { } error } when HasUnknownCause(response) => Text(
                $"Meta reported an error without a known cause (code {error.Code}, subcode {error.Subcode ?? 0})"
            ),
            { Received: { } received } when HasUnknownCause(response) => Text(
                $"Meta counted {received} events, which is not the number sent"
            ),
            { IsFromMeta: true } when HasUnknownCause(response) => "Meta's response has no count of events",
            _ => null,
        };

    private static bool HasUnknownCause(GraphResponse response) =>
        Classifier.Classify(response, sent: 1) is NextStep.Retry { CauseIsUnknown: true };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
