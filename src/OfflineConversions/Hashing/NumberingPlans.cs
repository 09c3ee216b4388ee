using System.Collections.Frozen;
using System.Globalization;
using OfflineConversions.Tables;

namespace OfflineConversions.Hashing;

/// <summary>The numbering plan of every country.</summary>
internal static class NumberingPlans
{
    private const int LongestCallingCode = 3;

    private static readonly FrozenDictionary<string, NumberingPlan> ByCountry = Read();

    private static readonly TextTable<NumberingPlan> ByCallingCode = new(
        ByCountry
            .Values.GroupBy(plan => plan.CallingCode, StringComparer.Ordinal)
            .ToFrozenDictionary(plans => plans.Key, plans => plans.First(), StringComparer.Ordinal)
    );

    /// <summary>
    /// The plan of a country, in any spelling. Also of Kosovo, Ascension and Tristan da Cunha, whose codes ISO 3166-1
    /// reserves (<c>XK</c>, <c>AC</c>, <c>TA</c>); <see langword="null"/> for seven places with hardly any inhabitants.
    /// </summary>
    public static NumberingPlan? Find(string? country) =>
        country is null
            ? null
            : ByCountry.GetValueOrDefault(Normalize.Country(country) ?? country.Trim().ToLowerInvariant());

    /// <summary>The plan to which a number with country code belongs.</summary>
    public static NumberingPlan? Of(ReadOnlySpan<char> international)
    {
        for (var length = 1; length <= LongestCallingCode && length < international.Length; length++)
        {
            if (ByCallingCode.TryGetValue(international[..length], out var plan))
            {
                return plan;
            }
        }

        return null;
    }

    private static FrozenDictionary<string, NumberingPlan> Read()
    {
        var plans = new Dictionary<string, NumberingPlan>(StringComparer.Ordinal);
        foreach (var row in EmbeddedTable.Rows("numbering-plans.txt"))
        {
            var cells = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var lengths = cells[2].Split('-');
            var plan = new NumberingPlan(
                cells[0].TrimEnd('!'),
                cells[0].EndsWith('!'),
                cells[1] is "-" or "=" ? [] : cells[1].Split('|'),
                cells[1] == "=",
                int.Parse(lengths[0], CultureInfo.InvariantCulture),
                int.Parse(lengths[^1], CultureInfo.InvariantCulture),
                cells[3] == "-" ? [] : cells[3].Split('|')
            );
            foreach (var country in cells[4..])
            {
                plans.Add(country.ToLowerInvariant(), plan);
            }
        }

        return plans.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
