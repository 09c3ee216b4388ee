using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Doctor;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Doctor;

/// <summary>The daily look at tokens and versions, with a clock that the test moves and the sandbox as Meta.</summary>
public sealed class DailyCheckTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero));
    private RunningSandbox _sandbox = null!;
    private CheckedConnection _connection = null!;

    public async Task InitializeAsync()
    {
        _sandbox = await RunningSandbox.StartAsync(_time);
        _connection = new CheckedConnection(_sandbox, _time, new OnlyProcess());
    }

    public async Task DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _sandbox.DisposeAsync();
    }

    [Fact]
    public async Task It_asks_a_few_minutes_after_the_start_and_then_once_a_day()
    {
        var check = await _connection.StartAsync();
        _sandbox.Asked.Should().BeEmpty();

        await MoveAsync(TimeSpan.FromMinutes(5));
        _sandbox.Asked.Should().BeEmpty("half of the jitter is five and a half minutes");
        await MoveAsync(TimeSpan.FromMinutes(1));
        await AskedAsync(1);
        await MoveAsync(TimeSpan.FromHours(23.9));
        _sandbox.Asked.Should().HaveCount(1);
        await MoveAsync(TimeSpan.FromHours(0.2));
        await AskedAsync(2);

        await check.StopAsync(CancellationToken.None);
        _connection.Finding!.Valid.Should().BeTrue();
    }

    [Fact]
    public async Task A_token_that_ends_soon_is_logged_without_the_token()
    {
        await _sandbox.PostAsync("/sandbox/tokens", """{"token":"t0ken","expiresAt":"2026-12-05T00:00:00Z"}""");
        var check = await _connection.StartAsync();

        await MoveAsync(DailyCheck.LongestFirstWait);
        await Wait.UntilAsync(() =>
            Task.FromResult(_connection.Logged.Contains("ends soon", StringComparison.Ordinal))
        );

        await check.StopAsync(CancellationToken.None);
        _connection.Logged.Should().Contain("The token is valid until 2026-12-05").And.NotContain("t0ken");
        _connection.Finding!.IsEnding(_time.GetUtcNow()).Should().BeTrue();
    }

    [Fact]
    public async Task Another_version_than_the_configured_one_is_noticed_without_any_sale()
    {
        await _sandbox.PostAsync(
            "/sandbox/faults",
            """{"node":"debug_token","headers":{"facebook-api-version":"v28.0"}}"""
        );
        var check = await _connection.StartAsync();

        await MoveAsync(DailyCheck.LongestFirstWait);
        await AskedAsync(1);
        await Wait.UntilAsync(() => Task.FromResult(_connection.Versions.Warnings.Count > 0));

        await check.StopAsync(CancellationToken.None);
        _connection
            .Versions.Warnings.Should()
            .ContainSingle()
            .Which.Should()
            .Contain("v28.0 instead of Graph:ApiVersion v27.0");
    }

    [Fact]
    public async Task A_day_without_Meta_changes_nothing()
    {
        await _sandbox.PostAsync("/sandbox/faults", """{"node":"debug_token","status":503}""");
        var check = await _connection.StartAsync();

        await MoveAsync(DailyCheck.LongestFirstWait);
        await AskedAsync(1);
        await _sandbox.DisposeAsync();
        await MoveAsync(DailyCheck.Interval);

        await check.StopAsync(CancellationToken.None);
        _connection.Finding.Should().BeNull();
    }

    [Theory]
    [InlineData("""{"node":"debug_token","latency":"00:00:05"}""")]
    [InlineData("""{"node":"dataset_quality","code":1}""")]
    public async Task A_service_that_stops_ends_it_without_an_exception(string fault)
    {
        await _sandbox.PostAsync("/sandbox/faults", fault);
        var check = await _connection.StartAsync();
        await MoveAsync(DailyCheck.LongestFirstWait);
        await AskedAsync(1);

        check.Dispose(); // as a host that is disposed without being stopped

        await check.ExecuteTask!;
        _connection.Logged.Should().NotContain("failed");
    }

    /// <summary>Moves the clock. The check sets its next timer right after a call has returned.</summary>
    private async Task MoveAsync(TimeSpan span)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(200));
        _time.Advance(span);
    }

    private async Task AskedAsync(int count) =>
        await Wait.UntilAsync(() =>
            Task.FromResult(
                _sandbox.Asked.Count(path => path.StartsWith("/v27.0/debug_token", StringComparison.Ordinal)) == count
            )
        );
}
