using System.Globalization;
using OfflineConversions.Privacy;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Configuration.Reading;

/// <summary>
/// Reads the text of one setting as its type. Stricter than the framework's binder, which reads <c>48</c> as 48 days
/// and accepts <c>7</c> for an enum.
/// </summary>
internal static class ScalarSetting
{
    /// <summary>Whether a setting of this type is one value.</summary>
    public static bool IsScalar(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(string)
            || type == typeof(Secret)
            || type == typeof(Uri)
            || type == typeof(SourceDefinition)
            || type == typeof(TimeSpan)
            || type.IsPrimitive
            || type.IsEnum;
    }

    /// <summary>The value, or what is wrong with the text.</summary>
    public static (object? Value, string? Problem) Read(Type type, string text)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var culture = CultureInfo.InvariantCulture;
        if (type == typeof(string))
        {
            return (text, null);
        }

        if (type == typeof(Secret))
        {
            return (new Secret(text), null);
        }

        if (type == typeof(bool))
        {
            return bool.TryParse(text, out var flag)
                ? (flag, null)
                : (null, $"{Quote.Value(text)} is neither true nor false");
        }

        if (type == typeof(int))
        {
            return int.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var number)
                ? (number, null)
                : (null, $"{Quote.Value(text)} is not a whole number");
        }

        if (type == typeof(long))
        {
            return long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var number)
                ? (number, null)
                : (null, $"{Quote.Value(text)} is not a whole number");
        }

        if (type == typeof(TimeSpan))
        {
            return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, culture, out var span)
                ? (span, null)
                : (
                    null,
                    $"{Quote.Value(text)} is not a time span; write d.hh:mm:ss, for example 00:00:10 or 2.00:00:00"
                );
        }

        if (type == typeof(Uri))
        {
            return Uri.TryCreate(text, UriKind.Absolute, out var address)
                ? (address, null)
                : (null, "is not an absolute address; write for example https://graph.facebook.com");
        }

        var name = Enum.GetNames(type)
            .FirstOrDefault(name => name.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase));
        return name is not null
            ? (Enum.Parse(type, name), null)
            : (null, $"{Quote.Value(text)} is not allowed; allowed are {string.Join(", ", Enum.GetNames(type))}");
    }
}
