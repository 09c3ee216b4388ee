using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Sources.Segment;

namespace OfflineConversions.Server.Tests.Connections;

public sealed class RuntimeSettingsTests
{
    private readonly ServiceOptions _options = new()
    {
        Admin = { ApiKey = "the-operators-key" },
        Connections =
        {
            ["stores"] = new ConnectionOptions
            {
                Source = SegmentDefinition.Instance,
                WriteKeys = ["stores-key"],
                AccessToken = "t0ken",
            },
        },
    };

    [Fact]
    public void Settings_can_be_built_twice_from_the_same_options()
    {
        var first = RuntimeSettings.From(_options);
        var second = RuntimeSettings.From(_options, first);

        second.Keys.Find("stores-key")!.Connection.Should().BeSameAs(first.Find("stores"));
        second.OperatorKey!.Text.Should().Be(first.OperatorKey!.Text);
        _options.Admin.ApiKey!.Reveal().Should().Be("the-operators-key");
        _options.Connections["stores"].WriteKeys.Should().ContainSingle();
    }

    [Fact]
    public void A_compiled_connection_has_no_text_of_a_key() =>
        RuntimeSettings.From(_options).Find("stores")!.Options.WriteKeys.Should().BeEmpty();

    [Fact]
    public void Options_without_keys_have_every_other_setting()
    {
        var without = _options.WithoutKeys();

        without.Admin.ApiKey.Should().BeNull();
        without.Connections["stores"].WriteKeys.Should().BeEmpty();
        without
            .Should()
            .BeEquivalentTo(_options, settings =>
                settings
                    .Excluding(options => options.Admin.ApiKey)
                    .Excluding(options => options.Path.EndsWith("WriteKeys"))
            );
    }
}
