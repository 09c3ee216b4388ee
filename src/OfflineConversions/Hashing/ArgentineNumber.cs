namespace OfflineConversions.Hashing;

/// <summary>
/// Argentina's mobile numbers have two forms: callers at home dial 15 between area code and subscriber number, callers
/// abroad dial 9 before the area code.
/// </summary>
internal static class ArgentineNumber
{
    private const string MobileAtHome = "15";
    private const string BuenosAires = "11";

    // Area code and subscriber number together.
    private const int Length = 10;

    /// <summary>The national number, without trunk prefix, as callers abroad dial it.</summary>
    public static ReadOnlySpan<char> FromAbroad(ReadOnlySpan<char> national)
    {
        // Some write both prefixes.
        var number = national.Length == Length + 3 && national[0] == '9' ? national[1..] : national;
        return number.Length == Length + 2 && AreaCodeLength(number) is { } area
            ? string.Concat("9", number[..area], number[(area + MobileAtHome.Length)..])
            : national;
    }

    // Buenos Aires has the only area code of two digits; the others have three or four.
    private static int? AreaCodeLength(ReadOnlySpan<char> number) =>
        number.StartsWith(BuenosAires) ? Found(number, BuenosAires.Length) : Found(number, 3) ?? Found(number, 4);

    private static int? Found(ReadOnlySpan<char> number, int area) =>
        number[area..].StartsWith(MobileAtHome) ? area : null;
}
