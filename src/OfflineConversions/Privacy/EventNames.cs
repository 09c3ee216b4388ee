using System.Text;
using OfflineConversions.Conversions;

namespace OfflineConversions.Privacy;

/// <summary>
/// Names of events as an operator may see them. A sender can put anything into a name, so one that looks like personal
/// data is not shown.
/// </summary>
internal static class EventNames
{
    // As many digits as the shortest phone number has.
    private const int DigitsOfPhone = 7;

    /// <summary>The name, cut to 100 characters; <see langword="null"/> if it looks like personal data.</summary>
    public static string? Guarded(string? name)
    {
        if (string.IsNullOrEmpty(name) || EmailFinder.FindsIn(name) || HasPhone(name))
        {
            return null;
        }

        var length = Math.Min(name.Length, EventLimits.LongestName);
        return length > 0 && char.IsHighSurrogate(name[length - 1]) ? name[..(length - 1)] : name[..length];
    }

    /// <summary>
    /// The id of an event; <see langword="null"/> if it contains an e-mail address. Numbers are what most ids are made
    /// of, so they are not taken for phone numbers.
    /// </summary>
    public static string? GuardedId(string? id) => id is null || EmailFinder.FindsIn(id) ? null : id;

    private static bool HasPhone(string name)
    {
        if (Ascii.IsValid(name) && !name.AsSpan().ContainsAnyInRange('0', '9'))
        {
            return false;
        }

        var digits = 0;
        foreach (var character in name)
        {
            if (char.IsDigit(character))
            {
                digits++;
            }
            else if (character is not (' ' or '-' or '.' or '/' or '(' or ')' or '_'))
            {
                digits = 0;
            }

            if (digits == DigitsOfPhone)
            {
                return true;
            }
        }

        return false;
    }
}
