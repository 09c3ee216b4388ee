using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OfflineConversions.Json;
using OfflineConversions.Sources.CommandersAct;
using OfflineConversions.Sources.MParticle;
using OfflineConversions.Sources.Segment;

namespace OfflineConversions.Server.Ingestion;

/// <summary>The key a request presents outside its body.</summary>
/// <param name="Key">The key, or <see langword="null"/>.</param>
/// <param name="Attempted">Whether the request tried to present one.</param>
/// <param name="BodyMayTell">Whether the body may bring a key where this one is missing or unknown.</param>
internal readonly record struct PresentedKey(string? Key, bool Attempted, bool BodyMayTell);

/// <summary>Finds the write key in all the places where the vendors' clients put it.</summary>
internal static class WriteKeyReader
{
    /// <summary>From the <c>Authorization</c> header, else for Commanders Act from <c>?token=</c>.</summary>
    public static PresentedKey Read(HttpRequest request, IngestionRoute route)
    {
        var header = request.Headers.Authorization.ToString();
        var segment = route.Serves(SegmentDefinition.Instance);
        if (header.Length > 0)
        {
            if (!AuthenticationHeaderValue.TryParse(header, out var value) || string.IsNullOrEmpty(value.Parameter))
            {
                return new PresentedKey(null, Attempted: true, BodyMayTell: false);
            }

            // Segment's OAuth clients send a bearer token of their own and the write key in the body.
            return value.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
                    ? new PresentedKey(value.Parameter, Attempted: true, segment)
                : value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)
                    ? new PresentedKey(FromBasic(value.Parameter, route), Attempted: true, BodyMayTell: false)
                : new PresentedKey(null, Attempted: true, BodyMayTell: false);
        }

        var token = route.Serves(CommandersActDefinition.Instance) ? request.Query["token"].ToString() : string.Empty;
        return token.Length > 0
            ? new PresentedKey(token, Attempted: true, BodyMayTell: false)
            : new PresentedKey(null, Attempted: request.Query.ContainsKey("writeKey"), segment);
    }

    /// <summary>Segment's <c>writeKey</c> at the root of the body, or of its first message.</summary>
    public static string? FromBody(JsonElement body)
    {
        if (body.ValueKind == JsonValueKind.Array && body.GetArrayLength() > 0)
        {
            body = body[0];
        }

        // A key that is not valid Unicode is nobody's.
        var key = JsonText.Member(body, "writeKey");
        return key.ValueKind == JsonValueKind.String ? JsonText.Decode(key) : null;
    }

    /// <summary>
    /// The user name is the key and the password is nobody's business, except that mParticle's key is both.
    /// </summary>
    private static string? FromBasic(string parameter, IngestionRoute route)
    {
        Span<byte> bytes = parameter.Length <= 512 ? stackalloc byte[512] : new byte[parameter.Length];
        if (!Convert.TryFromBase64String(parameter, bytes, out var length))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(bytes[..length]);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || route.Serves(MParticleDefinition.Instance) ? text : text[..colon];
    }
}
