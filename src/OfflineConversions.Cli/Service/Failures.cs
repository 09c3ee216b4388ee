using System.Globalization;
using System.Net.Sockets;

namespace OfflineConversions.Cli.Service;

/// <summary>What a response or a broken connection means for the person at the terminal.</summary>
internal static class Failures
{
    private const string SetKey =
        $"Set {OperatorKey.Variable}, or name a file with the key: --key-file or {OperatorKey.FileVariable}. It is the "
        + "service's setting Admin:ApiKey.";

    /// <summary>The failure that a response reports.</summary>
    /// <param name="reply">The response, which is no success.</param>
    /// <param name="hasKey">Whether a key was sent.</param>
    public static Failure Of(Reply reply, bool hasKey) =>
        reply.Status switch
        {
            >= 300 and < 400 => Redirected(reply.Location),
            401 when !hasKey => new(ExitCode.Unauthorized, "The service needs the operator's key.", SetKey),
            401 => new(ExitCode.Unauthorized, "The service does not accept the key.", SetKey),
            403 => new(ExitCode.Unauthorized, reply.Detail ?? "The service does not permit this.", SetKey),
            404 when reply.Json is null => new(
                ExitCode.Refused,
                "The address responds, but not as this service does.",
                "Check --server, and the paths that a proxy in front of the service passes on."
            ),
            404 => new(ExitCode.NotFound, reply.Detail ?? "There is no such thing."),
            429 => new(
                ExitCode.Unauthorized,
                reply.Detail ?? "Too many requests came from this address.",
                Wait(reply.RetryAfter)
            ),
            501 => new(ExitCode.Refused, reply.Detail ?? "The service has no such function with its outbox."),
            502 or 504 => new(
                ExitCode.Unreachable,
                $"A proxy in front of the service responded with {reply.Status}: it does not reach the service."
            ),
            >= 500 => new(
                ExitCode.Unavailable,
                reply.Detail ?? $"The service responded with {reply.Status}.",
                Wait(reply.RetryAfter)
            ),
            _ => new(ExitCode.Refused, reply.Detail ?? $"The service responded with {reply.Status}."),
        };

    /// <summary>The service could not be reached.</summary>
    public static Failure Of(HttpRequestException broken, Uri address)
    {
        var reason = broken.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => $"The name {address.Host} is not known",
            HttpRequestError.SecureConnectionError => "No secure connection could be made (TLS)",
            HttpRequestError.ConnectionError when broken.InnerException is SocketException refused =>
                refused.SocketErrorCode == SocketError.ConnectionRefused
                    ? "The service does not listen there"
                    : refused.Message,
            _ => "The connection broke",
        };
        return new Failure(
            ExitCode.Unreachable,
            $"{reason}: {address.GetLeftPart(UriPartial.Authority)}.",
            $"Check that the service runs, and its address: --server or {ServiceAddress.Variable}."
        );
    }

    /// <summary>The service did not respond in time.</summary>
    public static Failure TooSlow(Uri address, TimeSpan timeout) =>
        new(
            ExitCode.Unreachable,
            $"{address.GetLeftPart(UriPartial.Authority)} did not respond within {Seconds(timeout)} s.",
            "Try again, or give it longer with --timeout."
        );

    private static Failure Redirected(Uri? location) =>
        new(
            ExitCode.Refused,
            "The service redirects to another address, and the key is not sent there.",
            location is { IsAbsoluteUri: true }
                ? $"If it is the right one: --server {location.GetLeftPart(UriPartial.Authority)}"
                : null
        );

    private static string? Wait(TimeSpan? time) => time is { } wait ? $"Try again in {Seconds(wait)} s." : null;

    private static string Seconds(TimeSpan time) =>
        Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
