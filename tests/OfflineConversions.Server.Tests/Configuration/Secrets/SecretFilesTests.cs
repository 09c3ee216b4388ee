using Microsoft.AspNetCore.Builder;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Configuration.Secrets;

public sealed class SecretFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Every_secret_may_lie_in_a_file_of_its_own_with_a_line_break_at_its_end()
    {
        var (options, problems) = Read(
            $$"""
            "Admin": { "ApiKeyFile": "{{Write("admin", "the-operators-key\r\n")}}" },
            "Connections": { "stores": { "Source": "Segment", "WriteKeys": ["listed-key"],
              "WriteKeysFile": "{{Write("keys", "\uFEFFfirst-key\n\n  second-key \n")}}",
              "AccessTokenFile": "{{Write("token", "t0ken\n")}}",
              "AppSecretFile": "{{Write("secret", "s3cret")}}" } }
            """
        );

        problems.Should().BeEmpty();
        options.Admin.ApiKey!.Reveal().Should().Be("the-operators-key");
        var stores = options.Connections["stores"];
        stores.WriteKeys.Select(key => key.Reveal()).Should().Equal("listed-key", "first-key", "second-key");
        stores.AccessToken!.Reveal().Should().Be("t0ken");
        stores.AppSecret!.Reveal().Should().Be("s3cret");
    }

    [Theory]
    [InlineData("missing", null, "which does not exist")]
    [InlineData("empty", "\n", "which is empty")]
    [InlineData("twofold", "one-token\nanother-token\n", "which has more than one line")]
    [InlineData(".", null, "which is a folder")]
    public void A_file_that_holds_no_secret_is_told_with_its_setting_and_path(string name, string? text, string problem)
    {
        var path = text is null ? _folder.File(name) : Write(name, text);

        var problems = Read(
            $$"""
            "Connections": { "stores": { "Source": "Segment", "WriteKeys": ["write-key-1"],
              "AccessTokenFile": "{{path}}" } }
            """
        ).Problems;

        problems
            .Should()
            .ContainSingle()
            .Which.Should()
            .Be($"Connections:stores:AccessTokenFile: names {path}, {problem}");
    }

    [Theory]
    [InlineData("EAABsbCS1iHgBAKZCtoken")]
    [InlineData("EAABsbCS/1iHgBA/KZCtoken==")]
    [InlineData("/EAABsbCS1iHgBAKZCtoken")]
    [InlineData("//EAABsbCS1iHgBAKZCtoken")]
    [InlineData("s3cret-key")]
    public void A_secret_that_stands_in_the_place_of_its_path_is_not_repeated(string secret)
    {
        var problems = Read(
            $$"""
            "Admin": { "ApiKeyFile": "{{secret}}" },
            "Connections": { "stores": { "Source": "Segment", "WriteKeysFile": "{{secret}}",
              "AccessTokenFile": "{{secret}}", "AppSecretFile": "{{secret}}" } }
            """
        ).Problems;

        problems
            .Where(problem =>
                problem.EndsWith(
                    "File: is not the path of an existing file; "
                        + "write the path of the file here, and the secret into the file",
                    StringComparison.Ordinal
                )
            )
            .Should()
            .HaveCount(4);
        problems.Should().NotContain(problem => problem.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public void A_secret_given_twice_is_a_mistake()
    {
        var problems = Read(
            $$"""
            "Connections": { "stores": { "Source": "Segment", "WriteKeys": ["write-key-1"],
              "AccessToken": "t0ken", "AccessTokenFile": "{{Write("token", "other")}}" } }
            """
        ).Problems;

        problems.Should().Equal("Connections:stores:AccessTokenFile: and AccessToken are both set; keep one of them");
    }

    [Fact]
    public void A_file_is_held_to_the_rules_of_its_setting_and_never_quoted()
    {
        var problems = Read(
            $$"""
            "Connections": { "stores": { "Source": "Segment",
              "WriteKeysFile": "{{Write("keys", "s-key\nlong-enough\nwith blank inside\n")}}",
              "AccessToken": "t0ken" } }
            """
        ).Problems;

        problems.Select(problem => problem.Split(':')[3]).Should().Equal("0", "2");
        problems
            .Should()
            .NotContain(problem =>
                problem.Contains("s-key", StringComparison.Ordinal)
                || problem.Contains("blank inside", StringComparison.Ordinal)
            );
    }

    public void Dispose() => _folder.Dispose();

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder.File(name), text);
        return _folder.File(name);
    }

    private (ServiceOptions Options, IReadOnlyList<string> Problems) Read(string settings)
    {
        string[] args = ["--config", Write("settings.json", $"{{ {settings} }}")];
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = args,
                EnvironmentName = "Production",
                ContentRootPath = _folder.Path,
            }
        );
        var (options, problems) = builder.ReadServiceOptions(args, VendorProtocols.All);
        return (options, [.. problems.Select(problem => problem.ToString())]);
    }
}
