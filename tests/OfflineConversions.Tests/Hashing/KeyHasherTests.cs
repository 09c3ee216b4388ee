using FsCheck;
using FsCheck.Fluent;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Json;
using OfflineConversions.Targets.Meta;

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
    public void The_mobile_advertiser_id_is_hashed_for_offline_events_only()
    {
        var clear = (MatchKey.MobileAdvertiserId, AdvertiserId.ToUpperInvariant());

        Run(ForConversionsApi, clear).Keys.Pairs().Should().Equal((MatchKey.MobileAdvertiserId, AdvertiserId));
        Run(ForOfflineEvents, clear)
            .Keys.Pairs()
            .Should()
            .Equal((MatchKey.MobileAdvertiserId, Sha256Hex.Of(AdvertiserId)));
    }

    [Fact]
    public void The_birth_date_is_one_hash_for_the_Conversions_API_and_three_for_offline_events()
    {
        var conversions = Run(ForConversionsApi, (MatchKey.DateOfBirth, "2/16/1997")).Keys;
        conversions.Pairs().Should().Equal((MatchKey.DateOfBirth, Sha256Hex.Of("19970216")));
        conversions.Birthdate.Should().BeNull();

        var offline = Run(ForOfflineEvents, (MatchKey.DateOfBirth, "2/16/1997")).Keys;
        offline.Values.Should().BeEmpty();
        offline
            .Birthdate.Should()
            .Be(new HashedBirthdate(Sha256Hex.Of("1997"), Sha256Hex.Of("02"), Sha256Hex.Of("16")));
    }

    [Fact]
    public void A_hashed_birth_date_cannot_be_split_for_offline_events()
    {
        var (keys, warnings) = Run(ForOfflineEvents, (MatchKey.DateOfBirth, Hash));

        keys.Birthdate.Should().BeNull();
        warnings.Should().Equal(Warning.InvalidBirthdate);
    }

    [Fact]
    public void The_date_order_of_the_connection_decides_on_an_ambiguous_birth_date()
    {
        var dayFirst = new KeyHasher(
            MetaShapes.ConversionsApi.HashingRules,
            null,
            DateOrder.DayFirst,
            hashExternalId: false,
            requireHashed: false
        );

        Run(dayFirst, (MatchKey.DateOfBirth, "03/04/1990"))
            .Keys.Pairs()
            .Should()
            .Equal((MatchKey.DateOfBirth, Sha256Hex.Of("19900403")));
    }

    [Fact]
    public void An_external_id_is_hashed_in_lower_case_without_blanks_when_the_connection_asks_for_it()
    {
        var hashing = new KeyHasher(
            MetaShapes.ConversionsApi.HashingRules,
            null,
            DateOrder.MonthFirst,
            hashExternalId: true,
            requireHashed: false
        );

        Run(hashing, (MatchKey.ExternalId, " User 42 "))
            .Keys.Pairs()
            .Should()
            .Equal((MatchKey.ExternalId, Sha256Hex.Of("user42")));
        Run(hashing, (MatchKey.ExternalId, Hash)).Keys.Pairs().Should().Equal((MatchKey.ExternalId, Hash));
        Run(hashing, (MatchKey.ExternalId, "Jane@Example.com"))
            .Keys.Pairs()
            .Should()
            .Equal(
                [(MatchKey.ExternalId, Sha256Hex.Of("jane@example.com"))],
                "once, as the e-mail address itself would be"
            );
    }

    [Fact]
    public void Clear_personal_data_is_left_out_where_the_connection_takes_only_hashes()
    {
        var (keys, warnings) = Run(
            RequiringHashes,
            (MatchKey.Email, "jane@example.com"),
            (MatchKey.Phone, Hash),
            (MatchKey.LeadId, "l:123456789012345")
        );

        keys.Pairs().Should().Equal((MatchKey.Phone, Hash), (MatchKey.LeadId, "123456789012345"));
        warnings.Should().Equal(Warning.UnhashedIdentity);

        var offline = new KeyHasher(
            MetaShapes.OfflineEvents.HashingRules,
            null,
            DateOrder.MonthFirst,
            hashExternalId: false,
            requireHashed: true
        );
        Run(offline, (MatchKey.DateOfBirth, "19970216")).Warnings.Should().Equal(Warning.UnhashedIdentity);
    }

    [Fact]
    public void A_phone_number_without_country_code_is_noted_unless_the_connection_has_a_default_country()
    {
        var (keys, warnings) = Run(ForConversionsApi, (MatchKey.Phone, "(650) 555-1212"));
        keys.Pairs().Should().Equal((MatchKey.Phone, Sha256Hex.Of("6505551212")));
        warnings.Should().Equal(Warning.PhoneWithoutCountryCode);

        var american = new KeyHasher(
            MetaShapes.ConversionsApi.HashingRules,
            "US",
            DateOrder.MonthFirst,
            hashExternalId: false,
            requireHashed: false
        );
        (keys, warnings) = Run(american, (MatchKey.Phone, "(650) 555-1212"));
        keys.Pairs().Should().Equal((MatchKey.Phone, Sha256Hex.Of("16505551212")));
        warnings.Should().BeEmpty();
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

    private static readonly KeyHasher ForConversionsApi = new(
        MetaShapes.ConversionsApi.HashingRules,
        null,
        DateOrder.MonthFirst,
        hashExternalId: false,
        requireHashed: false
    );
    private static readonly KeyHasher ForOfflineEvents = new(
        MetaShapes.OfflineEvents.HashingRules,
        null,
        DateOrder.MonthFirst,
        hashExternalId: false,
        requireHashed: false
    );
    private static readonly KeyHasher RequiringHashes = new(
        MetaShapes.ConversionsApi.HashingRules,
        null,
        DateOrder.MonthFirst,
        hashExternalId: false,
        requireHashed: true
    );

    private static (HashedKeys Keys, IReadOnlyList<string> Warnings) Run(
        KeyHasher hasher,
        params (MatchKey Key, string Value)[] clear
    )
    {
        var warnings = new Warnings();
        return (hasher.Hash(Some.Keys(clear), Some.Received, eventTime: null, warnings), warnings.Codes);
    }
}
