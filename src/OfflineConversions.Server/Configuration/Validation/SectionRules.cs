using System.Globalization;

namespace OfflineConversions.Server.Configuration.Validation;

/// <summary>
/// Reports problems of the settings in one section. A setting that already has a problem gets no second one.
/// </summary>
/// <param name="problems">Receives the problems.</param>
/// <param name="path">The key of the section; empty for the root.</param>
internal sealed class SectionRules(ConfigurationProblems problems, string path)
{
    /// <summary>Reports the message unless the setting is valid.</summary>
    public void Require(string name, bool valid, string? message)
    {
        var key = path.Length == 0 ? name : $"{path}:{name}";
        if (!valid && !problems.Has(key))
        {
            problems.Add(key, message!);
        }
    }

    /// <summary>Reports a value outside its range.</summary>
    public void Range(string name, IComparable value, IComparable least, IComparable most) =>
        Require(
            name,
            value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0,
            string.Create(CultureInfo.InvariantCulture, $"{value} is out of range; allowed are {least} to {most}")
        );
}
