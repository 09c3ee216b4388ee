using System.Collections.Frozen;
using System.Globalization;
using OfflineConversions.Tables;

namespace OfflineConversions.Hashing;

/// <summary>The numbering plan of every country.</summary>
internal static class NumberingPlans
{
    private static readonly FrozenDictionary<string, NumberingPlan> ByCountry = Read();

    /// <summary>
    /// The plan of a country, in any spelling; <see langword="null"/> for seven places with hardly any inhabitants.
    /// </summary>
    public static NumberingPlan? Find(string? country) =>
        country is not null && Normalize.Country(country) is { } code ? ByCountry.GetValueOrDefault(code) : null;

    private static FrozenDictionary<string, NumberingPlan> Read()
    {
        var plans = new Dictionary<string, NumberingPlan>(StringComparer.Ordinal);
        foreach (var row in EmbeddedTable.Rows("numbering-plans.txt"))
        {
            var cells = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var lengths = cells[2].Split('-');
            var plan = new NumberingPlan(
                cells[0],
                cells[1] is "-" or "=" ? [] : cells[1].Split('|'),
                cells[1] == "=",
                int.Parse(lengths[0], CultureInfo.InvariantCulture),
                int.Parse(lengths[^1], CultureInfo.InvariantCulture),
                cells[3] == "-" ? null : cells[3]
            );
            foreach (var country in cells[4..])
            {
                plans.Add(country.ToLowerInvariant(), plan);
            }
        }

        return plans.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
