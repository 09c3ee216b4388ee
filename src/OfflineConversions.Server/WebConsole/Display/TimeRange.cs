using System.Globalization;
using OfflineConversions.Server.Admin;

namespace OfflineConversions.Server.WebConsole.Display;

/// <summary>The times from and to which a page shows something, from its address. They are in UTC.</summary>
/// <param name="From">The first time; null for no such limit.</param>
/// <param name="To">The time after the last one; null for no such limit.</param>
/// <param name="Problem">What cannot be read; null if all can.</param>
internal sealed record TimeRange(DateTimeOffset? From, DateTimeOffset? To, string? Problem)
{
    /// <summary>Whether there is a limit.</summary>
    public bool IsSet => From is not null || To is not null;

    /// <summary>The range of an address.</summary>
    public static TimeRange Of(IQueryCollection query)
    {
        var problems = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var (from, to) = (ListQuery.TimeOf(query, "from", problems), ListQuery.TimeOf(query, "to", problems));
        return new TimeRange(
            from,
            to,
            problems.Count > 0 ? string.Join(' ', problems.Select(one => $"{one.Key} {one.Value[0]}.")) : null
        );
    }

    /// <summary>A time as a form and an address have it.</summary>
    public static string? Text(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);
}
