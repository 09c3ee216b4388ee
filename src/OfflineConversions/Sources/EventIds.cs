using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace OfflineConversions.Sources;

/// <summary>Ids for events that bring none.</summary>
public static class EventIds
{
    /// <summary>
    /// A stable id from the event's own bytes: the same input gives the same id on every run and host, which is what makes
    /// retries and re-uploads harmless.
    /// </summary>
    public static string Derive(params ReadOnlySpan<JsonElement> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            if (part.ValueKind != JsonValueKind.Undefined)
            {
                hash.AppendData(JsonMarshal.GetRawUtf8Value(part));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }
}
