using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using OfflineConversions.Targets.Meta.Responses;
using Polly;
using Polly.CircuitBreaker;
using Polly.Registry;
using Polly.Retry;
using Polly.Telemetry;
using Polly.Timeout;

namespace OfflineConversions.Meta;

/// <summary>
/// The resilience pipelines around Graph calls, one for each connection, so that a failing connection does not slow
/// down another. From the outside in: a few quick retries, a circuit breaker, the timeout of one attempt. Longer waits
/// are the outbox's task.
/// </summary>
/// <remarks>
/// Polly's registry cannot remove a single pipeline. Each connection therefore has its own registry, which is disposed
/// when the connection is removed or its settings change.
/// </remarks>
internal sealed class GraphPipelines(TimeSpan timeout, TimeProvider time, Jitter jitter, ILoggerFactory loggers)
    : IAsyncDisposable
{
    /// <summary>How many quick retries one call may make.</summary>
    public const int QuickRetries = 3;

    private const string CircuitClosed = "OnCircuitClosed";

    private static readonly TimeSpan FirstBreak = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestBreak = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, ResiliencePipelineRegistry<string>> _registries = new(
        StringComparer.Ordinal
    );

    private readonly ConcurrentDictionary<string, GraphResponse> _lastFailures = new(StringComparer.Ordinal);

    /// <summary>The connections that have a pipeline.</summary>
    public IReadOnlyCollection<string> Connections => [.. _registries.Keys];

    /// <summary>The pipeline of a connection, built on first use.</summary>
    public ResiliencePipeline<GraphResponse> Of(string connection) =>
        _registries
            .GetOrAdd(connection, static _ => NewRegistry())
            .GetOrAddPipeline<GraphResponse>(connection, Configure);

    /// <summary>Notes the result of an attempt, because an open circuit does not say why it is open.</summary>
    public void Note(string connection, GraphResponse result)
    {
        if (Classifier.IsOutage(result))
        {
            _lastFailures[connection] = result;
        }
    }

    /// <summary>The last attempt of a connection that the circuit breaker has counted; null if there is none.</summary>
    public GraphResponse? LastFailure(string connection) => _lastFailures.GetValueOrDefault(connection);

    /// <summary>Drops the pipeline of a connection that has no calls in flight.</summary>
    public async ValueTask DropAsync(string connection)
    {
        _lastFailures.TryRemove(connection, out _);
        if (_registries.TryRemove(connection, out var registry))
        {
            await registry.DisposeAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _registries.Keys)
        {
            await DropAsync(connection).ConfigureAwait(false);
        }
    }

    private static ResiliencePipelineRegistry<string> NewRegistry() =>
        new(
            new ResiliencePipelineRegistryOptions<string>
            {
                BuilderNameFormatter = _ => "graph",
                InstanceNameFormatter = connection => connection,
            }
        );

    private void Configure(ResiliencePipelineBuilder<GraphResponse> pipeline)
    {
        pipeline.TimeProvider = time;
        pipeline
            .ConfigureTelemetry(Telemetry())
            .AddRetry(
                new RetryStrategyOptions<GraphResponse>
                {
                    // Timeouts are not retried here. Meta may still be processing the events, and four timeouts in a
                    // row would block a slot for long. The outbox's schedule starts just as early and survives a crash.
                    ShouldHandle = call =>
                        ValueTask.FromResult(
                            call.Outcome.Result is { } response
                                && Classifier.IsOutage(response)
                                && response.Wait is null
                        ),
                    MaxRetryAttempts = QuickRetries,
                    BackoffType = DelayBackoffType.Exponential,
                    Delay = TimeSpan.FromMilliseconds(200),
                    UseJitter = true,
                    Randomizer = jitter.Next,
                }
            )
            .AddCircuitBreaker(
                new CircuitBreakerStrategyOptions<GraphResponse>
                {
                    ShouldHandle = call =>
                        ValueTask.FromResult(
                            call.Outcome.Exception is TimeoutRejectedException
                                || (call.Outcome.Result is { } response && Classifier.IsOutage(response))
                        ),
                    FailureRatio = 0.9,
                    MinimumThroughput = 12,
                    SamplingDuration = TimeSpan.FromSeconds(30),
                    BreakDurationGenerator = broken => ValueTask.FromResult(BreakFor(broken.HalfOpenAttempts)),
                }
            )
            .AddTimeout(new TimeoutStrategyOptions { Timeout = timeout });
    }

    /// <summary>
    /// Polly writes its events to the log (category "Polly") and to the meter "Polly". The service itself logs what an
    /// open circuit means for a connection, so only the closing of a circuit is logged above Debug. Results are
    /// shortened to status and code; they contain no URL.
    /// </summary>
    private TelemetryOptions Telemetry() =>
        new()
        {
            LoggerFactory = loggers,
            ResultFormatter = (_, result) => result is GraphResponse response ? Summary(response) : null,
            SeverityProvider = happened =>
                happened.Event.EventName == CircuitClosed
                    ? ResilienceEventSeverity.Information
                    : ResilienceEventSeverity.Debug,
        };

    private static string Summary(GraphResponse response) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{response.Transport}, status {response.Status}, code {response.Error?.Code}"
        );

    private static TimeSpan BreakFor(int failedProbes)
    {
        var grown = FirstBreak * Math.Pow(2, Math.Min(failedProbes, 10));
        return grown < LongestBreak ? grown : LongestBreak;
    }
}
