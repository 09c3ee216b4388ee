using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OfflineConversions.Server.Tests.Ingestion;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Admin;

public sealed class ConnectionEndpointsTests : OperatorRoutes
{
    [Fact]
    public async Task A_paused_connection_keeps_its_events_until_it_is_resumed()
    {
        var paused = await PostAsync("/api/connections/seg/pause");
        await SellAsync();

        paused.Body.GetProperty("state").GetString().Should().Be("paused");
        (await ConnectionAsync("seg"))
            .Should()
            .Match<JsonElement>(seg =>
                seg.GetProperty("pending").GetInt64() == 1 && seg.GetProperty("oldestAgeSeconds").GetDouble() >= 0
            );
        (await Service.GetJsonAsync("/readyz"))
            .GetRawText()
            .Should()
            .Contain("\"status\":\"ready\"")
            .And.Contain("paused_by_operator");
        (await MetricsAsync()).Should().Contain("""offlineconversions_connection_paused{connection="seg"} 1""");
        Graph.Requests.Should().BeEmpty();

        (await PostAsync("/api/connections/SEG/resume")).Status.Should().Be(HttpStatusCode.OK);
        await UntilLedgerAsync(
            """[{"connection":"seg","accepted":1,"delivered":1,"pending":0,"failed":0,"discarded":0,"expired":0}]"""
        );
        (await ConnectionAsync("seg"))
            .GetProperty("lastSuccess")
            .GetDateTimeOffset()
            .Should()
            .BeAfter(DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public async Task A_halted_connection_is_told_everywhere_and_resumed_by_hand_without_waiting_for_a_probe()
    {
        Graph.Otherwise = _ => Scripted.Error(190, 463, status: 401);
        await SellAsync();
        await Wait.UntilAsync(async () =>
            (await ConnectionAsync("seg")).GetProperty("reason").GetString() == "token_invalid"
        );

        (await Service.GetJsonAsync("/readyz"))
            .GetProperty("connections")[0]
            .GetProperty("state")
            .GetString()
            .Should()
            .Be("halted");
        (await MetricsAsync())
            .Should()
            .Contain("""offlineconversions_connection_halted{connection="seg"} 1""")
            .And.Contain("""offlineconversions_connection_halted{connection="rud"} 0""");

        Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        await PostAsync("/api/connections/seg/resume");
        await UntilLedgerAsync(
            """[{"connection":"seg","accepted":1,"delivered":1,"pending":0,"failed":0,"discarded":0,"expired":0}]"""
        );
        (await ConnectionAsync("seg")).GetProperty("state").GetString().Should().Be("active");
        (await Service.GetJsonAsync("/readyz")).GetRawText().Should().Be("""{"status":"ready","reasons":[]}""");
    }

    [Fact]
    public async Task An_unknown_connection_cannot_be_switched() =>
        (await PostAsync("/api/connections/nobody/pause")).Status.Should().Be(HttpStatusCode.NotFound);

    [Fact]
    public async Task A_changed_token_in_the_file_resumes_a_halted_connection_and_an_invalid_file_changes_nothing()
    {
        Graph.Otherwise = request =>
            request["access_token"] == "fixed"
                ? Scripted.Taken(request.Events.Count)
                : Scripted.Error(190, status: 401);
        await SellAsync();
        await Wait.UntilAsync(async () => (await ConnectionAsync("seg")).GetProperty("state").GetString() == "halted");
        var settings = await File.ReadAllTextAsync(Service.SettingsFile);

        await File.WriteAllTextAsync(
            Service.SettingsFile,
            settings
                .Replace("t0ken", "never", StringComparison.Ordinal)
                .Replace("\"Source\": \"Segment\"", "\"Source\": \"Segmint\"", StringComparison.Ordinal)
        );
        await Task.Delay(TimeSpan.FromSeconds(7));
        await PostAsync("/api/connections/seg/resume");
        await Wait.UntilAsync(() => Task.FromResult(Graph.Requests.Count >= 2));
        await File.WriteAllTextAsync(
            Service.SettingsFile,
            settings.Replace("t0ken", "fixed", StringComparison.Ordinal)
        );
        await UntilLedgerAsync(
            """[{"connection":"seg","accepted":1,"delivered":1,"pending":0,"failed":0,"discarded":0,"expired":0}]"""
        );

        Graph.Requests.Select(request => request["access_token"]).Distinct().Should().Equal("t0ken", "fixed");
    }

    [Fact]
    public async Task The_description_shows_an_example_of_every_operators_route()
    {
        var paths = (await Service.GetJsonAsync("/openapi/v1.json")).GetProperty("paths");

        foreach (
            var (path, verb) in new[]
            {
                ("/api/connections", "get"),
                ("/api/connections/{name}/pause", "post"),
                ("/api/connections/{name}/resume", "post"),
                ("/api/failed", "get"),
                ("/api/failed/replay", "post"),
                ("/api/failed/discard", "post"),
                ("/api/ledger", "get"),
            }
        )
        {
            var operation = paths.GetProperty(path).GetProperty(verb);
            operation
                .GetProperty("responses")
                .GetProperty("200")
                .GetProperty("content")
                .GetProperty("application/json")
                .TryGetProperty("example", out _)
                .Should()
                .BeTrue(path);
            operation
                .TryGetProperty("requestBody", out _)
                .Should()
                .Be(path.StartsWith("/api/failed/", StringComparison.Ordinal), path);
        }
    }
}
