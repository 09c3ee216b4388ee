using System.Globalization;

namespace OfflineConversions.Server.Admin;

/// <summary>The parameters that lists have in common: <c>from</c>, <c>to</c>, <c>limit</c> and <c>cursor</c>.</summary>
/// <param name="Limit">The most items of a page.</param>
/// <param name="From">The first time.</param>
/// <param name="To">The time after the last one.</param>
/// <param name="Cursor">Where the page begins.</param>
internal sealed record ListQuery(int Limit, DateTimeOffset? From, DateTimeOffset? To, long? Cursor)
{
    /// <summary>The items of a page if <c>limit</c> does not say.</summary>
    public const int DefaultLimit = 100;

    /// <summary>The most items of a page, also if <c>limit</c> asks for more.</summary>
    public const int MostListed = 1000;

    private const string Time = "must be a time; write for example 2026-03-01T12:00:00Z";

    /// <summary>Reads the parameters, and names those that cannot be read without quoting them.</summary>
    public static ListQuery Read(IQueryCollection query, out Dictionary<string, string[]> problems)
    {
        problems = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var limit = Number(query, "limit", $"must be a whole number, 1 to {MostListed}", problems);
        return new ListQuery(
            (int)Math.Clamp(limit ?? DefaultLimit, 1, MostListed),
            TimeOf(query, "from", problems),
            TimeOf(query, "to", problems),
            Number(query, "cursor", "must be the `next` of the page before", problems)
        );
    }

    /// <summary>A cursor as text.</summary>
    public static string? CursorOf(long? next) => next?.ToString(CultureInfo.InvariantCulture);

    private static long? Number(IQueryCollection query, string name, string must, Dictionary<string, string[]> problems)
    {
        if (query[name].ToString() is not { Length: > 0 } text)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        problems[name] = [must];
        return null;
    }

    /// <summary>
    /// A time of the query, in UTC unless it says otherwise; one that cannot be read is a problem of that name.
    /// </summary>
    public static DateTimeOffset? TimeOf(IQueryCollection query, string name, Dictionary<string, string[]> problems)
    {
        if (query[name].ToString() is not { Length: > 0 } text)
        {
            return null;
        }

        if (
            DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.AssumeUniversal,
                out var time
            )
        )
        {
            return time.ToUniversalTime();
        }

        problems[name] = [Time];
        return null;
    }
}
