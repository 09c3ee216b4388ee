using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Targets.Meta;
using OfflineConversions.Server.Tests.Telemetry;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Targets.Meta;

public sealed class GraphVersionsTests : IDisposable
{
    private readonly CapturedLog _log = new();
    private readonly LoggerFactory _loggers = new();

    public GraphVersionsTests() => _loggers.AddProvider(_log);

    public void Dispose() => _loggers.Dispose();

    [Theory]
    [InlineData("v27.0", "2026-11-28", null)]
    [InlineData("v27.0", "2030-01-01", null)]
    [InlineData("v28.0", "2030-01-01", null)]
    [InlineData("v26.0", "2026-11-28", null)]
    [InlineData("v25.0", "2026-11-28", null)]
    [InlineData("v25.0", "2028-04-29", null)]
    [InlineData("v25.0", "2028-04-30", "ends on 2028-07-29")]
    [InlineData("v25.0", "2028-07-28", "ends on 2028-07-29")]
    [InlineData("v25.0", "2028-07-29", "ended on 2028-07-29")]
    [InlineData("v25.0", "2031-01-01", "ended on 2028-07-29")]
    [InlineData("v21.0", "2026-10-22", null)]
    [InlineData("v21.0", "2026-10-23", "ends on 2027-01-21")]
    [InlineData("v21.0", "2026-11-28", "ends on 2027-01-21")]
    [InlineData("v20.0", "2026-11-28", "ended on 2026-09-24")]
    [InlineData("v19.0", "2026-11-28", "ended on 2026-05-21")]
    [InlineData("v18.0", "2026-11-28", "has ended")]
    [InlineData("v2.10", "2026-11-28", "has ended")]
    public void A_version_is_reported_from_90_days_before_its_end(string version, string today, string? expected)
    {
        var warnings = Versions(version, today).Warnings;

        if (expected is null)
        {
            warnings.Should().BeEmpty();
            return;
        }

        warnings
            .Should()
            .ContainSingle()
            .Which.Should()
            .Be($"Graph:ApiVersion {version} {expected}. Set it to a current version, for example v27.0.");
    }

    [Fact]
    public void Another_version_in_the_response_is_reported_once_until_Meta_uses_the_configured_one_again()
    {
        var versions = Versions("v26.0");

        versions.Note(MetaApi.ConversionsApi, Response("v27.0"));
        versions.Note(MetaApi.ConversionsApi, Response("v27.0"));

        versions.Warnings.Should().ContainSingle().Which.Should().Contain("v27.0").And.Contain("v26.0");
        _log.Lines.Should().ContainSingle().Which.Text.Should().Contain("v27.0");
        versions.Note(MetaApi.ConversionsApi, Response("v26.0"));
        versions.Warnings.Should().BeEmpty();
    }

    [Fact]
    public void Metas_warning_about_the_version_is_reported_once()
    {
        var versions = Versions("v26.0");

        versions.Note(MetaApi.ConversionsApi, Response("v26.0") with { HasVersionWarning = true });
        versions.Note(MetaApi.ConversionsApi, Response("v26.0") with { HasVersionWarning = true });

        versions.Warnings.Should().ContainSingle().Which.Should().Contain("Meta warns").And.Contain("v26.0");
        _log.Lines.Should().ContainSingle().Which.Level.Should().Be(LogLevel.Warning);
    }

    [Fact]
    public void Responses_without_a_version_of_the_legacy_API_and_of_others_than_Meta_say_nothing()
    {
        var versions = Versions("v26.0");

        versions.Note(MetaApi.ConversionsApi, Response(null));
        versions.Note(MetaApi.OfflineEvents, Response("v27.0"));
        versions.Note(MetaApi.ConversionsApi, new GraphResponse { Status = 502, ServedVersion = "v27.0" });

        versions.Warnings.Should().BeEmpty();
        _log.Lines.Should().BeEmpty();
    }

    private static GraphResponse Response(string? version) =>
        new()
        {
            Status = 200,
            Received = 1,
            ServedVersion = version,
        };

    private GraphVersions Versions(string version, string today = "2026-11-28") =>
        new(
            new GraphOptions { ApiVersion = version },
            new FakeTimeProvider(
                DateTimeOffset.Parse(today + "T12:00:00Z", System.Globalization.CultureInfo.InvariantCulture)
            ),
            _loggers.CreateLogger<GraphVersions>()
        );
}
