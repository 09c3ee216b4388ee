using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Targets.Meta;
using OfflineConversions.Server.Tests.Doctor;
using OfflineConversions.Server.Tests.Telemetry;

namespace OfflineConversions.Server.Tests.Targets.Meta;

/// <summary>Reading calls, with the sandbox as Meta.</summary>
public sealed class GraphQueriesTests : IAsyncLifetime
{
    private const string Token = "kanariTokenEAAB";

    private readonly CapturedLog _log = new();
    private RunningSandbox _sandbox = null!;
    private ServiceProvider _services = null!;

    public async Task InitializeAsync()
    {
        _sandbox = await RunningSandbox.StartAsync();
        _services = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_log))
            .AddGraph(
                new GraphOptions { BaseAddress = _sandbox.Address, Timeout = TimeSpan.FromSeconds(2) },
                _ => new GraphAddress(() => _sandbox.Address)
            )
            .BuildServiceProvider();
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _sandbox.DisposeAsync();
    }

    [Theory]
    [InlineData("""{"node":"debug_token","times":1,"headers":{"X-Some":"thing"}}""", false)]
    [InlineData("""{"node":"debug_token","code":190}""", true)]
    [InlineData("""{"node":"debug_token","drop":"before"}""", true)]
    [InlineData("""{"node":"debug_token","latency":"00:00:05"}""", true)]
    [InlineData(
        """{"node":"debug_token","status":302,"body":"x","headers":{"Location":"https://elsewhere.example/"}}""",
        true
    )]
    public async Task A_token_in_the_URL_appears_in_no_log_no_metric_no_trace_and_no_result(string fault, bool fails)
    {
        var seen = new ConcurrentQueue<string?>();
        using var traces = Traces(seen);
        using var metrics = Metrics(seen);
        await _sandbox.PostAsync("/sandbox/faults", fault);

        var answer = await AskAsync();

        answer.Content.HasValue.Should().Be(!fails);
        (answer.Content is null).Should().Be(fails);
        seen.Enqueue(answer.Response.ToString());
        seen.Enqueue(fails ? answer.Problem : null);
        seen.Enqueue($"{(object)Query()}");
        seen.Where(text => text?.Contains(Token, StringComparison.OrdinalIgnoreCase) == true).Should().BeEmpty();
        _log.Lines.Should().NotContain(line => line.Text.Contains(Token, StringComparison.OrdinalIgnoreCase));
        _sandbox.Asked.Should().Contain($"/v27.0/debug_token?input_token={Token}");
    }

    [Fact]
    public async Task A_caller_that_gives_up_ends_the_call()
    {
        await _sandbox.PostAsync("/sandbox/faults", """{"node":"debug_token","latency":"00:00:05"}""");
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        var asking = () => AskAsync(impatient.Token);
        await asking.Should().ThrowAsync<OperationCanceledException>();
    }

    private static GraphQuery Query() =>
        new("debug_token", Token, new Dictionary<string, string> { ["input_token"] = Token })
        {
            FollowsGraphVersions = true,
        };

    private Task<GraphAnswer> AskAsync(CancellationToken cancellationToken = default) =>
        _services.GetRequiredService<GraphQueries>().AskAsync(Query(), cancellationToken);

    /// <summary>Everything that an exporter of traces would get from the HTTP client.</summary>
    private static ActivityListener Traces(ConcurrentQueue<string?> seen)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                seen.Enqueue(activity.DisplayName);
                foreach (var tag in activity.TagObjects)
                {
                    seen.Enqueue(tag.Value?.ToString());
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static MeterListener Metrics(ConcurrentQueue<string?> seen)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) => own.EnableMeasurementEvents(instrument),
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => Note(tags));
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => Note(tags));
        listener.Start();
        return listener;

        void Note(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var tag in tags)
            {
                seen.Enqueue(tag.Value?.ToString());
            }
        }
    }
}
