using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using OfflineConversions.Server.Configuration.Reading;

namespace OfflineConversions.Server.Configuration.Validation;

/// <summary>
/// Checks each setting against the attributes beside it in the options. The attributes of a list apply to its entries.
/// </summary>
internal static class SettingLimits
{
    /// <summary>Reports every setting of a section and its subsections that is outside its limits.</summary>
    /// <param name="section">The options. Named entries, such as connections, are not followed.</param>
    /// <param name="path">The key of the section; empty for the root.</param>
    /// <param name="problems">Receives the problems.</param>
    public static void Check(object section, string path, ConfigurationProblems problems)
    {
        var rules = new SectionRules(problems, path);
        foreach (var property in SettingNames.Settable(section.GetType()))
        {
            var value = property.GetValue(section);
            switch (value)
            {
                case IDictionary:
                    break;
                case IList list:
                    CheckEntries(rules, property, list);
                    break;
                case not null when !ScalarSetting.IsScalar(property.PropertyType):
                    Check(value, path.Length == 0 ? property.Name : $"{path}:{property.Name}", problems);
                    break;
                default:
                    CheckValue(rules, property, property.Name, value);
                    break;
            }
        }
    }

    private static void CheckEntries(SectionRules rules, PropertyInfo property, IList list)
    {
        for (var i = 0; i < list.Count; i++)
        {
            CheckValue(rules, property, string.Create(CultureInfo.InvariantCulture, $"{property.Name}:{i}"), list[i]);
        }
    }

    private static void CheckValue(SectionRules rules, PropertyInfo property, string name, object? value)
    {
        foreach (var attribute in property.GetCustomAttributes<ValidationAttribute>())
        {
            if (attribute is RangeAttribute range)
            {
                CheckRange(rules, property, value, range);
            }
            else
            {
                rules.Require(
                    name,
                    attribute.IsValid(value),
                    attribute.FormatErrorMessage(Quote.Value(value as string ?? string.Empty))
                );
            }
        }
    }

    // The attribute's own conversion of its limits depends on the culture of the process.
    private static void CheckRange(SectionRules rules, PropertyInfo property, object? value, RangeAttribute range)
    {
        if (value is IComparable comparable)
        {
            rules.Range(
                property.Name,
                comparable,
                Limit(property.PropertyType, range.Minimum),
                Limit(property.PropertyType, range.Maximum)
            );
        }
    }

    private static IComparable Limit(Type type, object limit) =>
        (IComparable)ScalarSetting.Read(type, Convert.ToString(limit, CultureInfo.InvariantCulture)!).Value!;
}
