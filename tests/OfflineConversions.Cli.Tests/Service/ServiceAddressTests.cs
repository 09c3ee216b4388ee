using OfflineConversions.Cli.Service;

namespace OfflineConversions.Cli.Tests.Service;

public class ServiceAddressTests
{
    [Theory]
    [InlineData("https://sales.example.com", null, "https://sales.example.com/")]
    [InlineData("https://sales.example.com/conversions/", null, "https://sales.example.com/conversions/")]
    [InlineData(null, "http://10.0.0.7:8080", "http://10.0.0.7:8080/")]
    [InlineData("https://one.example.com", "https://two.example.com", "https://one.example.com/")]
    [InlineData(null, null, "http://localhost:5000/")]
    [InlineData(" ", "", "http://localhost:5000/")]
    public void The_option_comes_before_the_variable_and_this_machine_is_the_default(
        string? option,
        string? variable,
        string address
    ) =>
        ServiceAddress
            .Read(option, name => name == ServiceAddress.Variable ? variable : null)
            .Value.Should()
            .Be(new Uri(address));

    [Theory]
    [InlineData("sales.example.com")]
    [InlineData("ftp://sales.example.com")]
    [InlineData("https://user:secret@sales.example.com")]
    [InlineData("https://sales.example.com/?key=secret")]
    public void What_is_no_address_or_holds_a_secret_is_refused_without_being_repeated(string option)
    {
        var failure = ServiceAddress.Read(option, _ => null).Failure!;

        failure.Code.Should().Be(ExitCode.Usage);
        $"{failure.Message} {failure.Advice}".Should().NotContain("secret");
    }
}
