using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Targets.Meta;

public sealed class CustomerInformationTests
{
    [Theory]
    [InlineData]
    [InlineData(MatchKey.ClientUserAgent)]
    [InlineData(MatchKey.Gender)]
    [InlineData(
        MatchKey.City,
        MatchKey.Country,
        MatchKey.State,
        MatchKey.Zip,
        MatchKey.Gender,
        MatchKey.ClientUserAgent
    )]
    [InlineData(MatchKey.Zip, MatchKey.Country)]
    [InlineData(MatchKey.DateOfBirth, MatchKey.ClientUserAgent)]
    [InlineData(MatchKey.DateOfBirth)]
    [InlineData(MatchKey.FirstName, MatchKey.Gender)]
    [InlineData(MatchKey.FirstName)]
    [InlineData(MatchKey.LastName, MatchKey.Gender)]
    public void Keys_that_many_people_share_are_not_enough(params MatchKey[] keys) =>
        CustomerInformation.IsSufficient(With(keys), MetaShapes.ConversionsApi).Should().BeFalse();

    [Theory]
    [InlineData(MatchKey.Email)]
    [InlineData(MatchKey.Phone)]
    [InlineData(MatchKey.ExternalId)]
    [InlineData(MatchKey.MobileAdvertiserId)]
    [InlineData(MatchKey.LeadId)]
    [InlineData(MatchKey.ClickId)]
    [InlineData(MatchKey.BrowserId)]
    [InlineData(MatchKey.ClientIpAddress, MatchKey.ClientUserAgent)]
    [InlineData(MatchKey.FirstName, MatchKey.LastName)]
    [InlineData(MatchKey.FirstName, MatchKey.City)]
    [InlineData(MatchKey.DateOfBirth, MatchKey.Gender)]
    public void Any_other_combination_is_enough(params MatchKey[] keys) =>
        CustomerInformation.IsSufficient(With(keys), MetaShapes.ConversionsApi).Should().BeTrue();

    [Fact]
    public void The_parts_of_a_birth_date_count_as_the_birth_date()
    {
        var keys = With();
        keys.Birthdate = new HashedBirthdate("year", "month", "day");
        CustomerInformation.IsSufficient(keys, MetaShapes.ConversionsApi).Should().BeFalse();

        keys.Add(MatchKey.LastName, "name"u8);
        CustomerInformation.IsSufficient(keys, MetaShapes.ConversionsApi).Should().BeTrue();
    }

    private static HashedKeys With(params MatchKey[] keys)
    {
        var hashed = new HashedKeys();
        foreach (var key in keys)
        {
            hashed.Add(key, "value"u8);
        }

        return hashed;
    }
}
