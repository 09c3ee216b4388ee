using System.ComponentModel.DataAnnotations;
using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Sources;

/// <summary>One of Meta's action sources. <c>{0}</c> in the messages is the quoted value.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ActionSourceAttribute()
    : ValidationAttribute(
        "{0} is not allowed; allowed are " + string.Join(", ", ActionSource.Configurable.Order(StringComparer.Ordinal))
    )
{
    public override bool IsValid(object? value) => value is string text && ActionSource.Configurable.Contains(text);
}

/// <summary>If set, three letters. Whether ISO 4217 has the code is decided for each event.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CurrencyCodeAttribute()
    : ValidationAttribute("{0} is not a currency code; write three letters of ISO 4217, for example EUR")
{
    public override bool IsValid(object? value) =>
        value is not string text || (text.Length == 3 && text.All(char.IsAsciiLetter));
}

/// <summary>If set, two letters.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CountryCodeAttribute()
    : ValidationAttribute("{0} is not a country code; write two letters of ISO 3166-1, for example US")
{
    public override bool IsValid(object? value) =>
        value is not string text || (text.Length == 2 && text.All(char.IsAsciiLetter));
}

/// <summary>If set, the id of a dataset. The message does not repeat it, because it may be a misplaced token.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DatasetIdAttribute() : ValidationAttribute($"is not a dataset id; {DatasetId.Rule}")
{
    public override bool IsValid(object? value) => value is not string text || DatasetId.IsValid(text);
}
