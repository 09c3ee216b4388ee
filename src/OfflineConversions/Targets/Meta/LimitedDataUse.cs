using System.Collections.Frozen;
using OfflineConversions.Json;

namespace OfflineConversions.Targets.Meta;

/// <summary>
/// Which data processing options Meta knows. Source: Meta, "Data Processing Options".
/// </summary>
internal static class LimitedDataUse
{
    /// <summary>The only option.</summary>
    public const string Option = "LDU";

    private static readonly FrozenSet<int> Countries = new[] { 0, 1 }.ToFrozenSet();

    private static readonly FrozenSet<int> States = Enumerable.Range(1000, 14).Append(0).ToFrozenSet();

    /// <summary>The country's number, or <see langword="null"/> if Meta has none such.</summary>
    public static Number? Country(Number? given) => Known(given, Countries);

    /// <summary>The state's number, or <see langword="null"/> if Meta has none such.</summary>
    public static Number? State(Number? given) => Known(given, States);

    private static Number? Known(Number? given, FrozenSet<int> known) =>
        given?.ToDecimal() is { } number
        && decimal.IsInteger(number)
        && number is >= 0 and < 10_000
        && known.Contains((int)number)
            ? Number.Of(decimal.Truncate(number))
            : null;
}
