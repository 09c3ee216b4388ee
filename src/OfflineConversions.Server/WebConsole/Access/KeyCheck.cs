using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Configuration.Secrets;
using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.WebConsole.Access;

/// <summary>
/// Compares a key that someone signs in with. Its guesses count with those at the operator's routes, so that two doors
/// do not give twice the tries.
/// </summary>
internal sealed class KeyCheck(ConnectionRegistry connections, WrongKeyLimit guesses, Audit audit)
{
    /// <summary>The longest key that is compared.</summary>
    public const int LongestKey = 1024;

    /// <summary>Checks a key.</summary>
    public async Task<CheckedKey> CheckAsync(HttpContext context, string? key)
    {
        var current = connections.Current;
        if (current.OperatorKey is null || string.IsNullOrEmpty(key))
        {
            return new CheckedKey(KeyVerdict.None, null); // nothing that could be guessed, or no guess
        }

        var caller = context.Connection.RemoteIpAddress;
        var mayTry = guesses.MayTry(caller, out var retryAfter);
        if (!mayTry && !await guesses.TurnAsync(caller, context.RequestAborted))
        {
            return TooMany(context, retryAfter, isLimited: true);
        }

        var presented = new KeyDigest(key.Length > LongestKey ? key[..LongestKey] : key);
        var isOperator = current.OperatorKey.Matches(presented);
        var isReader = current.ReadKey?.Matches(presented) == true;
        if (isOperator || isReader)
        {
            guesses.Right(caller);
            return isOperator
                ? new CheckedKey(KeyVerdict.Right, new SignedIn(ConsoleVisitors.Operator, current.OperatorKey))
                : new CheckedKey(KeyVerdict.Right, new SignedIn(ConsoleVisitors.Reader, current.ReadKey!));
        }

        if (!mayTry)
        {
            return TooMany(context, retryAfter, isLimited: false);
        }

        guesses.Wrong(caller);
        audit.WrongKey(caller, isLimited: false);
        audit.SignInFailed();
        return new CheckedKey(KeyVerdict.Wrong, null);
    }

    private CheckedKey TooMany(HttpContext context, string retryAfter, bool isLimited)
    {
        audit.WrongKey(context.Connection.RemoteIpAddress, isLimited);
        audit.SignInFailed();
        context.Response.Headers.RetryAfter = retryAfter;
        return new CheckedKey(KeyVerdict.TooMany, null);
    }
}

/// <summary>What a key is worth.</summary>
/// <param name="Verdict">Whether it is right.</param>
/// <param name="SignedIn">What it allows; null if it is not right.</param>
internal sealed record CheckedKey(KeyVerdict Verdict, SignedIn? SignedIn);

/// <summary>What a right key allows.</summary>
/// <param name="Role">A role of <see cref="ConsoleVisitors"/>.</param>
/// <param name="Key">The key. A session ends when the configuration no longer has it.</param>
internal sealed record SignedIn(string Role, KeyDigest Key);

/// <summary>Whether a key is right.</summary>
internal enum KeyVerdict
{
    /// <summary>There was no key to compare.</summary>
    None,

    Right,
    Wrong,

    /// <summary>Too many wrong keys came from the address.</summary>
    TooMany,
}
