using System.Globalization;

namespace OfflineConversions.Server.Configuration.Validation;

/// <summary>
/// The two kinds of rule, for the settings of one section. A key that already has a problem gets no second one.
/// </summary>
internal sealed class SectionRules(ConfigurationProblems problems, string path)
{
    /// <summary>Notes the message unless the setting is right.</summary>
    public void Require(string name, bool right, string? message)
    {
        var key = path.Length == 0 ? name : $"{path}:{name}";
        if (!right && !problems.Has(key))
        {
            problems.Add(key, message!);
        }
    }

    /// <summary>Notes a value outside its range.</summary>
    public void Range<T>(string name, T value, T least, T most)
        where T : IComparable<T> =>
        Require(
            name,
            value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0,
            string.Create(CultureInfo.InvariantCulture, $"{value} is out of range; allowed are {least} to {most}")
        );
}
