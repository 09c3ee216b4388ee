using FsCheck;
using FsCheck.Fluent;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Json;
using OfflineConversions.Targets.Meta;
using static OfflineConversions.Tests.Hashing.Hashers;

namespace OfflineConversions.Tests.Hashing;

/// <summary>What the settings of a connection and the shape change in hashing.</summary>
public sealed class KeyHasherSettingsTests
{
    private const string Hash = "8df99a46f811595e1a1de5016e2445bc202f72b946482032a75aec528a0a350d";
    private const string AdvertiserId = "38400000-8cf0-11bd-b23e-10b96e40000d";

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
}
