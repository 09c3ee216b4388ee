using OfflineConversions.Privacy;

namespace OfflineConversions.Tests.Privacy;

public class PersonalNamesTests
{
    [Fact]
    public void Every_name_of_a_match_key_denotes_personal_data()
    {
        string[] names =
        [
            "em",
            "email",
            "email_address",
            "ph",
            "phone",
            "phone_number",
            "mobile",
            "mobile_number",
            "mobile_phone",
            "telephone",
            "fn",
            "first_name",
            "given_name",
            "ln",
            "last_name",
            "surname",
            "family_name",
            "full_name",
            "fi",
            "f5first",
            "f5last",
            "ge",
            "gen",
            "gender",
            "sex",
            "db",
            "dob",
            "doby",
            "dobm",
            "dobd",
            "birthday",
            "birthdate",
            "date_of_birth",
            "ct",
            "city",
            "st",
            "state",
            "zp",
            "zip",
            "zipcode",
            "postal_code",
            "postcode",
            "country",
            "external_id",
            "extern_id",
            "madid",
            "advertising_id",
            "ios_advertising_id",
            "android_advertising_id",
            "idfa",
            "gaid",
            "lead_id",
            "client_ip_address",
            "ip_address",
            "ip",
            "client_user_agent",
            "user_agent",
            "fbc",
            "fbp",
        ];
        names.Where(name => !PersonalNames.Contain(name)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("email", true)]
    [InlineData("First Name", true)]
    [InlineData("postal_code", true)]
    [InlineData("$zip", true)]
    [InlineData("EXTERNAL-ID", true)]
    [InlineData("name", false)]
    [InlineData("position", false)]
    [InlineData("email_opt_in", false)]
    [InlineData("a_very_long_name_that_is_longer_than_any_match_key_could_ever_be", false)]
    public void A_name_that_denotes_personal_data_is_recognised_in_any_spelling(string name, bool known) =>
        PersonalNames.Contain(name).Should().Be(known);
}
