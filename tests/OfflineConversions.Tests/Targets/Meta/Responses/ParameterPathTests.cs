using OfflineConversions.Targets.Meta.Responses;

namespace OfflineConversions.Tests.Targets.Meta.Responses;

public sealed class ParameterPathTests
{
    [Theory]
    [InlineData("Param $['data'][0]['custom_data']['value'] must be a number", 0, "custom_data.value")]
    [InlineData("(#100) Param $['data'][17]['user_data']['em'][2] is bad", 17, "user_data.em")]
    [InlineData(
        "Unexpected key \"name\" on param \"$['data'][3]['custom_data']['contents'][0]\".",
        3,
        "custom_data.contents.name"
    )]
    [InlineData("Param $[\"data\"][5][\"event_time\"] must be an integer", 5, "event_time")]
    [InlineData("$.data[2].custom_data.content_category must be a string", 2, "custom_data.content_category")]
    [InlineData("param data[999][user_data][lead_id] is invalid", 999, "user_data.lead_id")]
    [InlineData("data.4.user_data.fbc", 4, "user_data.fbc")]
    [InlineData("Param $['data'][6] must be an object", 6, null)]
    [InlineData("Param $['data'][1]['custom_data']['jane@example.com'] must be a string", 1, "custom_data")]
    [InlineData("Param $['data'][1]['custom_data']['Jane Doe'] must be a string", 1, "custom_data")]
    public void The_position_and_the_path_of_a_bad_parameter_are_read(string message, int index, string? field) =>
        ParameterPath.Find(message).Should().Be(new ParameterPath(index, field));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Invalid parameter")]
    [InlineData("(#100) param data must be non-empty")]
    [InlineData("Param custom_data[0] is bad")]
    [InlineData("Param $['user_data'][0]['em'] is bad")]
    [InlineData("Param $['data'][99999999999]['em'] is bad")]
    public void A_text_without_the_position_of_an_event_has_no_path(string? message) =>
        ParameterPath.Find(message).Should().BeNull();
}
