using System.Globalization;
using System.Text.Json;
using OfflineConversions.Privacy;

namespace OfflineConversions.Tests.Privacy;

public sealed class SecretTests
{
    private static readonly Secret Token = new("t0ken");

    [Fact]
    public void A_secret_shows_itself_to_nobody_who_does_not_ask_for_it()
    {
        Token.ToString().Should().Be("***");
        $"{Token}".Should().Be("***");
        string.Format(CultureInfo.InvariantCulture, "{0}", Token).Should().Be("***");
        JsonSerializer.Serialize(new { Token }).Should().Be("""{"Token":"***"}""");
        Token.Reveal().Should().Be("t0ken");
    }

    [Fact]
    public void Two_secrets_of_the_same_text_are_the_same()
    {
        Token.Should().Be(new Secret("t0ken")).And.NotBe(new Secret("T0ken"));
        new HashSet<Secret> { Token, new("t0ken") }
            .Should()
            .ContainSingle();
    }
}
