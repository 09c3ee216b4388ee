using System.Globalization;

namespace OfflineConversions.Fuzzing.Processes;

/// <summary>The arguments of a run that lasts some minutes.</summary>
internal sealed record Arguments(TimeSpan Duration, int Seed)
{
    /// <summary>Reads the minutes and <c>--seed N</c>.</summary>
    /// <returns>Null if something else was given.</returns>
    public static Arguments? Read(string[] args, double minutes)
    {
        var rest = args.ToList();
        var seed = 1;
        if (rest.IndexOf("--seed") is >= 0 and var at)
        {
            if (at + 1 == rest.Count || !int.TryParse(rest[at + 1], NumberStyles.None, Invariant, out seed))
            {
                return null;
            }

            rest.RemoveRange(at, 2);
        }

        return rest.Count > 1 || (rest is [var given] && !IsPositive(given, out minutes))
            ? null
            : new Arguments(TimeSpan.FromMinutes(minutes), seed);
    }

    /// <summary>The number at a place, or its default.</summary>
    /// <returns>Null if something else was given.</returns>
    public static int? Number(string[] args, int place, int otherwise) =>
        args.Length <= place ? otherwise
        : int.TryParse(args[place], NumberStyles.None, Invariant, out var value) ? value
        : null;

    private static CultureInfo Invariant => CultureInfo.InvariantCulture;

    private static bool IsPositive(string text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, Invariant, out number) && number > 0;
}
