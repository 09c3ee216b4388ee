using OfflineConversions.Json;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Secrets;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Ingestion.Protocols;

namespace OfflineConversions.Server.Ingestion;

/// <summary>
/// Finds the configured key that a request presents, in every place where the route's vendors put it.
/// </summary>
internal sealed class WriteKeyFinder(ConnectionRegistry connections)
{
    /// <summary>Looks outside the body.</summary>
    public KeySearch Find(HttpRequest request, IngestionRoute route)
    {
        var found = default(FoundKey?);
        var attempted = request.Query.ContainsKey("writeKey");
        var mayBeInBody = false;
        foreach (var protocol in route.Protocols)
        {
            var presented = protocol.ReadKey(request);
            attempted |= presented.Attempted;
            mayBeInBody |= presented.MayBeInBody;
            found ??= Find(request, protocol, presented.Key);
        }

        return new KeySearch(found ?? FindInQuery(request, route), attempted, mayBeInBody);
    }

    /// <summary>Looks in the body.</summary>
    public KeySearch Find(HttpRequest request, IngestionRoute route, JsonPart body)
    {
        var found = default(FoundKey?);
        var attempted = false;
        foreach (var protocol in route.Protocols)
        {
            var presented = protocol.ReadKey(body);
            attempted |= presented is not null;
            found ??= Find(request, protocol, presented);
        }

        return new KeySearch(found, attempted, MayBeInBody: false);
    }

    // A client that has the key but not the shared header must neither use up the key's requests nor learn that the key
    // exists: for such a client it is as unknown as any other.
    private FoundKey? Find(HttpRequest request, IVendorProtocol protocol, string? presented) =>
        presented is not null
        && connections.Current.Keys.Find(presented) is { } key
        && key.Connection.Source == protocol.Source
        && SharedHeader.Matches(request, key.Connection.Options)
            ? new FoundKey(key, protocol)
            : null;

    // A key in an address ends up in logs. It counts only where the client cannot send it otherwise, or where a header
    // must come with it.
    private FoundKey? FindInQuery(HttpRequest request, IngestionRoute route) =>
        request.Query.TryGetValue("writeKey", out var presented)
            ? route
                .Protocols.Select(protocol => Find(request, protocol, presented.ToString()))
                .FirstOrDefault(found =>
                    found is { } key
                    && (route.Vendor.AcceptsKeyInQuery || SharedHeader.IsRequired(key.Key.Connection.Options))
                )
            : null;
}

/// <summary>A configured key and the protocol in which it was presented.</summary>
internal readonly record struct FoundKey(WriteKey Key, IVendorProtocol Protocol);

/// <summary>The result of looking for a key.</summary>
/// <param name="Found">The key, or <see langword="null"/>.</param>
/// <param name="Attempted">Whether the request tried to present one.</param>
/// <param name="MayBeInBody">Whether the body may contain one.</param>
internal readonly record struct KeySearch(FoundKey? Found, bool Attempted, bool MayBeInBody);

/// <summary>
/// The header with a secret value that a connection's posts must carry, as mParticle's webhook sends one. Source:
/// mParticle, "Webhook".
/// </summary>
internal static class SharedHeader
{
    /// <summary>Whether the connection requires one.</summary>
    public static bool IsRequired(ConnectionOptions options) => options.SharedHeader.Value is { IsBlank: false };

    /// <summary>
    /// Whether the request has it; true where none is required. Digests are compared, so that not even the length of
    /// the value can be measured.
    /// </summary>
    public static bool Matches(HttpRequest request, ConnectionOptions options) =>
        !IsRequired(options)
        || new KeyDigest(options.SharedHeader.Value!.Reveal()).Matches(
            new KeyDigest(request.Headers[options.SharedHeader.Name].ToString())
        );
}
