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

    private static readonly FrozenSet<int> Countries = [0, 1];

    private static readonly FrozenSet<int> States =
    [
        0,
        1000,
        1001,
        1002,
        1003,
        1004,
        1005,
        1006,
        1007,
        1008,
        1009,
        1010,
        1011,
        1012,
        1013,
    ];

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
