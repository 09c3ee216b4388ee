using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace OfflineConversions.Meta.Tests;

public sealed class MetaConversionsOptionsTests
{
    public static TheoryData<string, Action<MetaConversionsOptions>> Wrong =>
        new()
        {
            { "AccessToken", meta => meta.AccessToken = " " },
            { "BaseAddress", meta => meta.BaseAddress = new Uri("http://graph.facebook.com") },
            { "BaseAddress", meta => meta.BaseAddress = new Uri("/events", UriKind.Relative) },
            { "ApiVersion", meta => meta.ApiVersion = "27" },
            { "OfflineEventsApiVersion", meta => meta.OfflineEventsApiVersion = "v16.0/../x" },
            { "Timeout", meta => meta.Timeout = TimeSpan.Zero },
        };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_setting_that_cannot_be_used_is_named_without_its_value(
        string setting,
        Action<MetaConversionsOptions> configure
    )
    {
        await using var services = Some.Services(new Uri("https://graph.facebook.com"), configure);

        var use = () => services.GetRequiredService<MetaConversionsClient>();

        use.Should()
            .Throw<OptionsValidationException>()
            .Which.Message.Should()
            .StartWith(setting)
            .And.NotContain(Some.Token);
    }

    [Theory]
    [InlineData("https://graph.facebook.com")]
    [InlineData("https://gateway.example/meta")]
    [InlineData("http://127.0.0.1:5000")]
    public async Task Requests_may_go_to_https_or_to_this_machine(string address)
    {
        await using var services = Some.Services(new Uri(address));

        services.GetRequiredService<MetaConversionsClient>().Should().NotBeNull();
    }
}
