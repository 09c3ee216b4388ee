using System.Reflection;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Configuration.Reading;

/// <summary>The names of settings, and the one that is most similar to an unknown name.</summary>
internal static class SettingNames
{
    private const int NearMiss = 2;

    /// <summary>The settings of an options type.</summary>
    public static IReadOnlyList<string> Of(Type options) => [.. Settable(options).Select(property => property.Name)];

    /// <summary>The property of a setting, in any case, or <see langword="null"/>.</summary>
    public static PropertyInfo? Property(Type options, string name) =>
        Settable(options).FirstOrDefault(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The message about an unknown key: a similar name, or all allowed names.</summary>
    public static string Unknown(string key, IReadOnlyList<string> allowed) =>
        Nearest(key, allowed) is { } nearest
            ? $"is not a setting; did you mean {nearest}?"
            : $"is not a setting; allowed are {string.Join(", ", allowed)}";

    /// <summary>The allowed name that differs in at most two characters, or <see langword="null"/>.</summary>
    public static string? Nearest(string key, IReadOnlyList<string> allowed)
    {
        var best = allowed
            .Select(name => (Name: name, Distance: Distance(key.ToUpperInvariant(), name.ToUpperInvariant())))
            .MinBy(candidate => candidate.Distance);
        return best.Distance <= Math.Min(NearMiss, key.Length / 2) ? best.Name : null;
    }

    /// <summary>
    /// The properties that are settings. The settings of a connection's source are in a section with the source's name,
    /// not with that of a property.
    /// </summary>
    public static IEnumerable<PropertyInfo> Settable(Type options) =>
        options
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite && property.Name != nameof(MappingOptions.SourceOptions));

    /// <summary>Levenshtein's distance, one row at a time.</summary>
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost =
                    left[i - 1] == right[j - 1] ? diagonal : 1 + Math.Min(diagonal, Math.Min(row[j], row[j - 1]));
                diagonal = row[j];
                row[j] = cost;
            }
        }

        return row[right.Length];
    }
}
