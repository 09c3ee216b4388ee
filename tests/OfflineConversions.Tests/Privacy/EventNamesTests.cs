using OfflineConversions.Privacy;

namespace OfflineConversions.Tests.Privacy;

public class EventNamesTests
{
    [Theory]
    [InlineData("Order Completed")]
    [InlineData("Commande terminée")]
    [InlineData("注文完了")]
    [InlineData("Step 123456")]
    [InlineData("v2 signup 2026")]
    public void A_name_is_shown(string name) => EventNames.Guarded(name).Should().Be(name);

    [Theory]
    [InlineData(null)]
    [InlineData("Mail from bob@example.com")]
    [InlineData("bob%40example.com signed up")]
    [InlineData("Called +1 202 555 0146")]
    [InlineData("Called (202) 555-0146")]
    [InlineData("Order 12025550146")]
    [InlineData("")]
    public void A_name_that_looks_like_personal_data_is_not(string? name) => EventNames.Guarded(name).Should().BeNull();

    [Fact]
    public void A_long_name_is_cut_and_never_inside_a_character()
    {
        EventNames.Guarded(new string('a', 1000)).Should().Be(new string('a', 100));
        EventNames.Guarded(new string('a', 99) + "😀").Should().Be(new string('a', 99));
    }
}
