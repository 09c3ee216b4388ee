using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Json;

namespace OfflineConversions.Benchmarks.Micro;

/// <summary>The match keys of one person, and one value, beside the framework's hash of the same length.</summary>
public class HashKeys
{
    private static readonly byte[] SomeValue = new byte[20];

    private readonly KeyHasher _hasher = new(
        new HashingRules(HashMobileAdvertiserId: false, SplitDateOfBirth: false),
        defaultCountry: null,
        DateOrder.MonthFirst,
        hashExternalId: false,
        requireHashed: false
    );
    private readonly MatchKeys _person = Person();

    private static readonly DateTimeOffset Received = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    [Benchmark(Baseline = true)]
    public byte[] Framework() => SHA256.HashData(SomeValue);

    [Benchmark]
    public string OneValue() => Sha256Hex.Of("alexandra.keener@ex.");

    [Benchmark]
    public object OnePerson() => _hasher.Hash(_person, Received, eventTime: null, new Warnings());

    private static MatchKeys Person()
    {
        var person = new MatchKeys();
        person.Add(MatchKey.Email, "alex.keener@example.com");
        person.Add(MatchKey.Phone, "+1-202-555-0146");
        person.Add(MatchKey.Gender, "female");
        person.Add(MatchKey.DateOfBirth, "1985-03-27");
        person.Add(MatchKey.FirstName, "Alexandra");
        person.Add(MatchKey.LastName, "Keener");
        person.Add(MatchKey.City, "New Orleans");
        person.Add(MatchKey.State, "Louisiana");
        person.Add(MatchKey.Zip, "70112");
        person.Add(MatchKey.Country, "USA");
        person.Add(MatchKey.ExternalId, "user-4711");
        return person;
    }
}
