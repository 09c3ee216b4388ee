using System.Net.Http.Headers;
using System.Text;

namespace OfflineConversions.Server.Ingestion.Protocols;

/// <summary>The schemes of authentication in which clients present keys.</summary>
internal enum AuthorizationScheme
{
    /// <summary>There is no header.</summary>
    None,
    Basic,
    Bearer,

    /// <summary>Another scheme, or a header that cannot be read.</summary>
    Other,
}

/// <summary>The <c>Authorization</c> header of a request.</summary>
/// <param name="Scheme">The scheme.</param>
/// <param name="Credentials">
/// The token of Bearer, or the decoded credentials of Basic; <see langword="null"/> if they cannot be decoded.
/// </param>
internal readonly record struct AuthorizationHeader(AuthorizationScheme Scheme, string? Credentials)
{
    /// <summary>The credentials without the password: clients that have only a key may send anything there.</summary>
    public string? UserName =>
        Scheme == AuthorizationScheme.Basic && Credentials?.IndexOf(':', StringComparison.Ordinal) is { } colon and >= 0
            ? Credentials[..colon]
            : Credentials;

    /// <summary>The key of a client that sends it as user name or token.</summary>
    public PresentedKey Key => new(UserName, Attempted: Scheme != AuthorizationScheme.None);

    /// <summary>Reads the header of a request.</summary>
    public static AuthorizationHeader Of(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return new AuthorizationHeader(AuthorizationScheme.None, null);
        }

        if (!AuthenticationHeaderValue.TryParse(header, out var value) || string.IsNullOrEmpty(value.Parameter))
        {
            return new AuthorizationHeader(AuthorizationScheme.Other, null);
        }

        return value.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
                ? new AuthorizationHeader(AuthorizationScheme.Bearer, value.Parameter)
            : value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)
                ? new AuthorizationHeader(AuthorizationScheme.Basic, Decode(value.Parameter))
            : new AuthorizationHeader(AuthorizationScheme.Other, null);
    }

    private static string? Decode(string parameter)
    {
        Span<byte> bytes = parameter.Length <= 512 ? stackalloc byte[512] : new byte[parameter.Length];
        return Convert.TryFromBase64String(parameter, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes[..length])
            : null;
    }
}
