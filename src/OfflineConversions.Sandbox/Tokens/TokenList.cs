using System.Collections.Concurrent;

namespace OfflineConversions.Sandbox.Tokens;

/// <summary>The tokens that were described, by fingerprint.</summary>
internal sealed class TokenList
{
    private readonly ConcurrentDictionary<string, SandboxToken> _tokens = new(StringComparer.Ordinal);

    /// <summary>Adds a token, or replaces what is known about it.</summary>
    public SandboxToken Add(TokenRequest request)
    {
        var token = SandboxToken.From(request);
        return _tokens[token.TokenFingerprint] = token;
    }

    /// <summary>The token of a fingerprint, described or not.</summary>
    public SandboxToken Find(string fingerprint) =>
        _tokens.GetValueOrDefault(fingerprint) ?? new SandboxToken { TokenFingerprint = fingerprint };

    public TokensResponse All() =>
        new([.. _tokens.Values.OrderBy(one => one.TokenFingerprint, StringComparer.Ordinal)]);

    public void Clear() => _tokens.Clear();
}

/// <summary>The response of <c>GET /sandbox/tokens</c>.</summary>
internal sealed record TokensResponse(IReadOnlyList<SandboxToken> Tokens);
