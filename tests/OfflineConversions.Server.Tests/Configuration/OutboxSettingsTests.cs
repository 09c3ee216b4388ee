using OfflineConversions.Server.Hosting;
using OfflineConversions.Server.Ingestion.Protocols;

namespace OfflineConversions.Server.Tests.Configuration;

public sealed class OutboxSettingsTests : ConfigurationUnderTest
{
    [Theory]
    [InlineData("", false)]
    [InlineData("\"KeyDirectory\": null, \"Encrypt\": null", false)]
    [InlineData("\"Encrypt\": false", false)]
    [InlineData("\"Encrypt\": true", true)]
    [InlineData("\"KeyDirectory\": \"keys\"", true)]
    [InlineData("\"KeyDirectory\": \"keys\", \"Encrypt\": null", true)]
    [InlineData("\"KeyDirectory\": \"keys\", \"Encrypt\": false", false)]
    [InlineData("\"KeyDirectory\": \"keys\", \"Encrypt\": true", true)]
    public void A_folder_for_the_keys_turns_encryption_on_unless_it_is_switched_off(string outbox, bool isEncrypted)
    {
        // The shipped settings are below, as in every installation: they must not count as a decision.
        var file = Write("mine.json", $$"""{ "Outbox": { {{outbox}} }, {{Shop}} }""");
        using var errors = new StringWriter();

        var (_, options) = StartUp.Read(
            ["--contentRoot", Path.GetDirectoryName(Shipped("appsettings.json"))!, "--config", file],
            VendorProtocols.All,
            errors
        )!;

        errors.ToString().Should().BeEmpty();
        options.Outbox.IsEncrypted.Should().Be(isEncrypted);
    }
}
