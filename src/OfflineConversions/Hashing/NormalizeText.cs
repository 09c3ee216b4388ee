using OfflineConversions.Json;

namespace OfflineConversions.Hashing;

/// <summary>
/// The same for single texts outside the mapping of events, such as settings and erasures; <see langword="null"/> where
/// there is no value.
/// </summary>
internal static partial class Normalize
{
    public static string? Email(string value) => Whole(Email(value, new KeyScratch()));

    /// <param name="value">The number.</param>
    /// <param name="defaultCountry">ISO 3166-1 alpha-2 of numbers without country code.</param>
    /// <param name="countryCodeMissing">Whether the digits are unchanged because their country is unknown.</param>
    public static string? Phone(string value, string? defaultCountry, out bool countryCodeMissing) =>
        Whole(Phone(value, NumberingPlans.Find(defaultCountry), new KeyScratch(), out countryCodeMissing));

    public static string? Name(string value) => Whole(Name(value, new KeyScratch()));

    public static string? City(string value) => Whole(City(value, new KeyScratch()));

    public static string? State(string value) => Whole(State(value, new KeyScratch()));

    public static string? Zip(string value) => Whole(Zip(value, isUnitedStates: false, new KeyScratch()));

    public static string? Country(string value) => Whole(Country(value, new KeyScratch()));

    public static string? Gender(string value) => Whole(Gender(value, new KeyScratch()));

    public static string? Birthdate(string value, DateOrder order, DateOnly today) =>
        Whole(Birthdate(value, order, today, new KeyScratch()));

    public static string? MobileAdvertiserId(string value) => Whole(MobileAdvertiserId(value, new KeyScratch()));

    public static string? ExternalId(string value) => Whole(ExternalId(value.AsSpan()));

    public static string? LeadId(string value) => Whole(LeadId(value.AsSpan()));

    public static string? IpAddress(string value) => Whole(IpAddress(value.AsSpan()));

    private static string? Whole(ReadOnlySpan<char> value) => value.IsEmpty ? null : value.ToString();
}
