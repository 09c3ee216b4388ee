using System.Net;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// Whether a request comes from this machine. A loopback address alone proves nothing: a reverse proxy on this machine
/// has one too, and so has a browser that posts here for the page of another site.
/// </summary>
internal static class LocalCaller
{
    private static readonly string[] Forwarding =
    [
        "Forwarded",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Original-For",
        "X-Original-Proto",
        "X-Real-IP",
        "Via",
    ];

    /// <summary>
    /// Loopback, not forwarded, addressed to <c>localhost</c> or a loopback address, and not from another site's page.
    /// </summary>
    public static bool Is(HttpContext context) =>
        IsLoopback(context.Connection.RemoteIpAddress)
        && !Array.Exists(Forwarding, context.Request.Headers.ContainsKey)
        && IsThisMachine(context.Request.Host.Host)
        && context.Request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none";

    private static bool IsLoopback(IPAddress? caller) =>
        caller is not null && IPAddress.IsLoopback(caller.IsIPv4MappedToIPv6 ? caller.MapToIPv4() : caller);

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IsLoopback(address));
}
