using OfflineConversions.Targets.Meta.Responses;

namespace OfflineConversions.Tests.Targets.Meta.Responses;

public sealed class MetaErrorTitlesTests
{
    [Theory]
    [InlineData(100, 2804003, "Event time too old")]
    [InlineData(100, 2804050, "Customer information insufficient")]
    [InlineData(100, 33, "Object missing or not accessible")]
    [InlineData(190, 463, "Access token expired")]
    [InlineData(80004, null, "Business use case rate limit reached")]
    [InlineData(506, null, "Duplicate post")]
    public void A_known_error_has_a_title_of_our_own(int code, int? subcode, string title) =>
        MetaErrorTitles.Find(code, subcode).Should().Be(title);

    [Theory]
    [InlineData(100, 2804002, "Invalid parameter")]
    [InlineData(100, null, "Invalid parameter")]
    [InlineData(190, 492, "Access token invalid")]
    public void An_unknown_subcode_has_the_title_of_its_code(int code, int? subcode, string title) =>
        MetaErrorTitles.Find(code, subcode).Should().Be(title);

    [Theory]
    [InlineData(0, null)]
    [InlineData(987654, 463)]
    [InlineData(80015, null)]
    public void An_unknown_code_has_no_title(int code, int? subcode) =>
        MetaErrorTitles.Find(code, subcode).Should().BeNull();
}
