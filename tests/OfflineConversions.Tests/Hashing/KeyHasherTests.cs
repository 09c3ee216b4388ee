using FsCheck;
using FsCheck.Fluent;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Json;
using OfflineConversions.Targets.Meta;
using static OfflineConversions.Tests.Hashing.Hashers;

namespace OfflineConversions.Tests.Hashing;

public sealed class KeyHasherTests
{
    private const string Hash = "8df99a46f811595e1a1de5016e2445bc202f72b946482032a75aec528a0a350d";
    private const string AdvertiserId = "38400000-8cf0-11bd-b23e-10b96e40000d";

    [Fact]
    public void Every_known_row_comes_out_as_Meta_expects_it()
    {
        NormalizationRow.All.Should().HaveCount(600);
        foreach (var row in NormalizationRow.All)
        {
            var keys = Run(ForConversionsApi, (row.Key, row.Input)).Keys;
            var expected = row.Sha256 is null ? [] : new[] { (row.Key, row.Sha256) };
            keys.Pairs().Should().Equal(expected, "{0} is {1}", row.Field, row.Input);
            if (row.Normalized is not null)
            {
                Sha256Hex.Of(row.Normalized).Should().Be(row.Sha256);
            }
        }
    }

    [Theory]
    [InlineData(MatchKey.Email, "Jane@Example.com", "jane@example.com")]
    [InlineData(MatchKey.Phone, "+49 30 1234567", "49301234567")]
    [InlineData(MatchKey.FirstName, "Jane", "jane")]
    [InlineData(MatchKey.LastName, "O'Brien", "obrien")]
    [InlineData(MatchKey.Gender, "Woman", "f")]
    [InlineData(MatchKey.City, "New York", "newyork")]
    [InlineData(MatchKey.State, "New York", "ny")]
    [InlineData(MatchKey.Zip, "10001-1234", "10001")]
    [InlineData(MatchKey.Country, "USA", "us")]
    public void Personal_keys_are_hashed_for_both_APIs(MatchKey key, string value, string normalized)
    {
        foreach (var hasher in new[] { ForConversionsApi, ForOfflineEvents })
        {
            var (keys, warnings) = Run(hasher, (key, value));
            keys.Pairs().Should().Equal((key, Sha256Hex.Of(normalized)));
            warnings.Should().BeEmpty();
        }
    }

    [Theory]
    [InlineData(MatchKey.ClientIpAddress, "203.0.113.7")]
    [InlineData(MatchKey.ClientUserAgent, "Mozilla/5.0 (X11)")]
    [InlineData(MatchKey.ClickId, "fb.1.1781500000000.AbCdEfGhIj")]
    [InlineData(MatchKey.BrowserId, "fb.1.1596403881668.1116446470")]
    [InlineData(MatchKey.LeadId, "1234567890123456")]
    [InlineData(MatchKey.ExternalId, "User 42")]
    [InlineData(MatchKey.SubscriptionId, "Sub-1")]
    [InlineData(MatchKey.FacebookLoginId, "12345")]
    public void Technical_keys_are_never_hashed_and_keep_their_case(MatchKey key, string value)
    {
        foreach (var hasher in new[] { ForConversionsApi, ForOfflineEvents, RequiringHashes })
        {
            var (keys, warnings) = Run(hasher, (key, $" {value} "));
            keys.Pairs().Should().Equal((key, value));
            warnings.Should().BeEmpty();
        }
    }

    [Theory]
    [InlineData(MatchKey.Email, "jane", Warning.InvalidEmail)]
    [InlineData(MatchKey.Phone, "411", Warning.InvalidPhone)]
    [InlineData(MatchKey.FirstName, "---", Warning.InvalidName)]
    [InlineData(MatchKey.LastName, "---", Warning.InvalidName)]
    [InlineData(MatchKey.Gender, "x", Warning.InvalidGender)]
    [InlineData(MatchKey.DateOfBirth, "1990-13-01", Warning.InvalidBirthdate)]
    [InlineData(MatchKey.City, "123", Warning.InvalidCity)]
    [InlineData(MatchKey.State, "123", Warning.InvalidState)]
    [InlineData(MatchKey.Zip, "1", Warning.InvalidZip)]
    [InlineData(MatchKey.Country, "Atlantis", Warning.InvalidCountry)]
    [InlineData(MatchKey.MobileAdvertiserId, "00000000-0000-0000-0000-000000000000", Warning.InvalidMobileAdvertiserId)]
    [InlineData(MatchKey.ClientIpAddress, "localhost", Warning.InvalidIpAddress)]
    [InlineData(MatchKey.ClickId, "AbCdEf", Warning.InvalidClickId)]
    [InlineData(MatchKey.BrowserId, "1116446470", Warning.InvalidBrowserId)]
    [InlineData(MatchKey.LeadId, "12", Warning.InvalidLeadId)]
    [InlineData(MatchKey.ClientUserAgent, Hash, Warning.PersonalDataRemoved)]
    [InlineData(MatchKey.ClientUserAgent, "jane@example.com", Warning.PersonalDataRemoved)]
    public void A_value_that_cannot_be_normalised_is_dropped_with_a_warning_and_the_others_stay(
        MatchKey key,
        string value,
        string warning
    )
    {
        foreach (var hasher in new[] { ForConversionsApi, ForOfflineEvents })
        {
            var (keys, warnings) = Run(hasher, (key, value), (MatchKey.BrowserId, "fb.1.1795262300000.3"));
            keys.Pairs().Should().Equal((MatchKey.BrowserId, "fb.1.1795262300000.3"));
            warnings.Should().Equal(warning);
        }
    }

    [Fact]
    public void Several_values_of_one_key_keep_their_order_and_are_sent_once()
    {
        var (keys, _) = Run(
            ForConversionsApi,
            (MatchKey.Email, "b@example.com"),
            (MatchKey.Email, "a@example.com"),
            (MatchKey.Email, " B@example.com"),
            (MatchKey.Email, Hash)
        );

        keys.Pairs()
            .Should()
            .Equal(
                (MatchKey.Email, Sha256Hex.Of("b@example.com")),
                (MatchKey.Email, Sha256Hex.Of("a@example.com")),
                (MatchKey.Email, Hash)
            );
    }

    [Theory]
    [InlineData(Hash, Hash)]
    [InlineData(" 8DF99A46F811595E1A1DE5016E2445BC202F72B946482032A75AEC528A0A350D", Hash)]
    [InlineData(Hash + ".AQ", Hash + ".AQ")]
    public void A_hash_is_not_hashed_again(string value, string expected)
    {
        foreach (
            var key in new[]
            {
                MatchKey.Email,
                MatchKey.Phone,
                MatchKey.City,
                MatchKey.Gender,
                MatchKey.DateOfBirth,
                MatchKey.Country,
            }
        )
        {
            Run(ForConversionsApi, (key, value)).Keys.Pairs().Should().Equal((key, expected));
            Run(RequiringHashes, (key, value)).Keys.Pairs().Should().Equal((key, expected));
        }
    }

    [Fact]
    public void Whatever_a_source_sends_personal_keys_leave_as_hashes_or_not_at_all() =>
        Prop.ForAll(Some.Text, value =>
            {
                foreach (var hasher in new[] { ForConversionsApi, ForOfflineEvents, RequiringHashes })
                {
                    foreach (var key in Enum.GetValues<MatchKey>().Where(key => key <= MatchKey.Country))
                    {
                        var (keys, warnings) = Run(hasher, (key, value));
                        keys.Values.All(entry => AlreadyHashed.Find(entry.Value) == entry.Value).Should().BeTrue();
                        (
                            keys.Values.Count
                            + (keys.Birthdate is null ? 0 : 1)
                            + warnings.Count(code => code != Warning.PhoneWithoutCountryCode)
                        )
                            .Should()
                            .Be(string.IsNullOrWhiteSpace(value) ? 0 : 1);
                    }
                }
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));
}
