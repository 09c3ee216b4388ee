using System.Net;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>How long a session of the console lasts.</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private const string Key = "the-operators-key";
    private readonly LaterTime _time = new();
    private ServiceUnderTest _service = null!;
    private Visitor _visitor = null!;

    public async Task InitializeAsync()
    {
        _service = await ServiceUnderTest.StartAsync(
            $"\"Admin\": {{ \"ApiKey\": \"{Key}\" }}, {ServiceUnderTest.FourSources}",
            time: _time
        );
        _visitor = new Visitor(_service);
        (await _visitor.SignInAsync(Key)).Dispose();
    }

    public async Task DisposeAsync()
    {
        _visitor.Dispose();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task A_session_ends_after_half_an_hour_without_a_request()
    {
        await _visitor.ReadAsync("/console");

        _time.Ahead += TimeSpan.FromMinutes(31);

        using var response = await _visitor.GetAsync("/console");
        response.StatusCode.Should().Be(HttpStatusCode.Redirect);
        response.Headers.Location!.ToString().Should().StartWith("/console/sign-in");
    }

    [Fact]
    public async Task Every_request_gives_a_session_half_an_hour_more()
    {
        foreach (var minutes in new[] { 1, 29, 29, 29 })
        {
            _time.Ahead += TimeSpan.FromMinutes(minutes);
            await _visitor.ReadAsync("/console/health");
        }
    }
}
