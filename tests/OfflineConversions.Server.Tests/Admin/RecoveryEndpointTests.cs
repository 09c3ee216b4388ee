using System.Net;
using System.Net.Http.Headers;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tests.Ingestion;
using OfflineConversions.Server.Tests.Telemetry;

namespace OfflineConversions.Server.Tests.Admin;

public sealed class RecoveryEndpointTests : IAsyncLifetime
{
    private ServiceUnderTest _service = null!;

    public async Task InitializeAsync() =>
        _service = await ServiceUnderTest.StartAsync(
            $$"""
            "Admin": { "ApiKey": "the-operators-key" },
            {{ServiceUnderTest.FourSources}}
            """
        );

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task A_recovery_is_listed_and_measured_until_an_operator_acknowledges_it()
    {
        (await RecoveredAsync()).Should().Be(0);
        (await _service.GetJsonAsync("/readyz")).TryGetProperty("recoveries", out _).Should().BeFalse();
        var at = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
        _service.Outbox.Recoveries = [new RecoveryNotice(at, "damaged_file", 59, 2, 1, null)];

        (await _service.GetJsonAsync("/readyz"))
            .GetRawText()
            .Should()
            .Contain(
                "\"recoveries\":[{\"at\":\"2026-11-21T12:00:00+00:00\",\"cause\":\"damaged_file\",\"waiting\":59,"
                    + "\"failed\":2,\"unreadable\":1,\"missing\":null}]"
            )
            .And.Contain("\"status\":\"ready\"");
        (await RecoveredAsync()).Should().Be(1);

        using (var stranger = await _service.Http.PostAsync("/api/recovery/acknowledge", null))
        {
            stranger.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        }

        _service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            "the-operators-key"
        );
        using var acknowledged = await _service.Http.PostAsync("/api/recovery/acknowledge", null);
        acknowledged.StatusCode.Should().Be(HttpStatusCode.OK);
        (await acknowledged.Content.ReadAsStringAsync()).Should().Be("""{"recoveries":1}""");
        (await _service.GetJsonAsync("/readyz")).TryGetProperty("recoveries", out _).Should().BeFalse();
        (await RecoveredAsync()).Should().Be(0);
    }

    private async Task<double> RecoveredAsync() =>
        (await MetricsPage.ReadAsync(_service.Http)).Sum("offlineconversions_outbox_recovered");
}
