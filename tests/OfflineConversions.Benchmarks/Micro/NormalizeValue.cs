using BenchmarkDotNet.Attributes;
using OfflineConversions.Hashing;
using OfflineConversions.Json;

namespace OfflineConversions.Benchmarks.Micro;

/// <summary>One value of each kind of match key, as people write it.</summary>
public class NormalizeValue
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    [Benchmark]
    public string? Email() => Normalize.Email(" Alex.Keener@Example.com ");

    [Benchmark]
    public string? Phone() => Normalize.Phone("+1 (202) 555-0146", defaultCountry: null, out _);

    [Benchmark]
    public string? PhoneOfDefaultCountry() => Normalize.Phone("0151 1424 2099", "DE", out _);

    [Benchmark]
    public string? Name() => Normalize.Name("Jean-Luc D'Arc");

    [Benchmark]
    public string? City() => Normalize.City("Saint-Étienne");

    [Benchmark]
    public string? State() => Normalize.State("Louisiana");

    [Benchmark]
    public string? Zip() => Normalize.Zip("94105-1234");

    [Benchmark]
    public string? Country() => Normalize.Country("United Kingdom");

    [Benchmark]
    public string? Gender() => Normalize.Gender("Female");

    [Benchmark]
    public string? Birthdate() => Normalize.Birthdate("3/27/1985", DateOrder.MonthFirst, Today);
}
