namespace OfflineConversions.Server.Tests.Configuration;

/// <summary>The webhooks of alerts.</summary>
public sealed class AlertSettingsTests : ConfigurationUnderTest
{
    [Theory]
    [InlineData("https://hooks.example/services/s3cret", true)]
    [InlineData("http://127.0.0.1:8081/s3cret", true)]
    [InlineData("http://localhost/s3cret", true)]
    [InlineData("http://hooks.example/s3cret", false)]
    [InlineData("hooks.example/s3cret", false)]
    [InlineData("ftp://hooks.example/s3cret", false)]
    [InlineData("", false)]
    public void A_webhook_is_https_or_on_this_machine_and_its_address_is_never_repeated(string url, bool right) =>
        Problems(
                $$"""
                "Alerts": { "Webhooks": [{ "Url": "https://a.example" }, { "Url": "{{url}}" }] }, {{Shop}}
                """
            )
            .Should()
            .Equal(right ? [] : ["Alerts:Webhooks:1:Url: must be an https address; http only for this machine"]);

    [Fact]
    public void A_webhook_needs_an_address_and_knows_three_formats() =>
        Problems(
                $$"""
                "Alerts": { "Webhooks": [{ "Format": "Slack" }, { "Url": "https://a.example", "Format": "Mail" }] },
                {{Shop}}
                """
            )
            .Should()
            .HaveCount(2)
            .And.Contain(problem => problem.StartsWith("Alerts:Webhooks:0:Url: "))
            .And.Contain(problem => problem.StartsWith("Alerts:Webhooks:1:Format: ") && problem.Contains("Teams"));

    [Fact]
    public void The_secret_is_read_from_its_file()
    {
        var file = Write("signature", "the-signing-key\n");

        var (options, problems) = Read([
            "--config",
            Write(
                "settings.json",
                $$"""
                { "Alerts": { "Webhooks": [{ "Url": "https://a.example", "SecretFile": "{{file}}" }] }, {{Shop}} }
                """
            ),
        ]);

        problems.Should().BeEmpty();
        options.Alerts.Webhooks.Single().SigningKey!.Reveal().Should().Be("the-signing-key");
        Problems(
                $$"""
                "Alerts": { "Webhooks": [{ "Url": "https://a.example", "SecretFile": "{{file}}.none" }] }, {{Shop}}
                """
            )
            .Should()
            .ContainSingle()
            .Which.Should()
            .StartWith("Alerts:Webhooks:0:SecretFile: ");
    }
}
