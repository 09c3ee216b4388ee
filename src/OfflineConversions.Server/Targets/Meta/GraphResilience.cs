using System.Collections.Concurrent;
using OfflineConversions.Server.Configuration;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace OfflineConversions.Server.Targets.Meta;

/// <summary>
/// What surrounds one call, one pipeline a connection so that a broken one never slows another: a few quick retries,
/// outside a circuit breaker, outside the time-out of one attempt. Long waits belong to the outbox.
/// </summary>
internal sealed class GraphResilience(GraphOptions options, TimeProvider time, Jitter jitter)
{
    /// <summary>Retries within one call.</summary>
    public const int QuickRetries = 3;

    private static readonly TimeSpan FirstBreak = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestBreak = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, ResiliencePipeline<GraphAnswer>> _pipelines = new(
        StringComparer.Ordinal
    );

    /// <summary>The pipeline of a connection.</summary>
    public ResiliencePipeline<GraphAnswer> For(string connection) => _pipelines.GetOrAdd(connection, _ => Build());

    private ResiliencePipeline<GraphAnswer> Build() =>
        new ResiliencePipelineBuilder<GraphAnswer> { TimeProvider = time }
            .AddRetry(
                new RetryStrategyOptions<GraphAnswer>
                {
                    // A time-out is not among them: Meta may still be at work on the events, and a slot held for four
                    // time-outs helps nobody. It goes back to the outbox, whose schedule starts just as soon and
                    // survives a crash.
                    ShouldHandle = call =>
                        ValueTask.FromResult(
                            call.Outcome.Result is { } answer && IsFailure(answer) && answer.Wait is null
                        ),
                    MaxRetryAttempts = QuickRetries,
                    BackoffType = DelayBackoffType.Exponential,
                    Delay = TimeSpan.FromMilliseconds(200),
                    UseJitter = true,
                    Randomizer = jitter.Next,
                }
            )
            .AddCircuitBreaker(
                new CircuitBreakerStrategyOptions<GraphAnswer>
                {
                    ShouldHandle = call =>
                        ValueTask.FromResult(
                            call.Outcome.Exception is TimeoutRejectedException
                                || (call.Outcome.Result is { } answer && IsFailure(answer))
                        ),
                    FailureRatio = 0.9,
                    MinimumThroughput = 12,
                    SamplingDuration = TimeSpan.FromSeconds(30),
                    BreakDurationGenerator = broken => ValueTask.FromResult(BreakFor(broken.HalfOpenAttempts)),
                }
            )
            .AddTimeout(new TimeoutStrategyOptions { Timeout = options.Timeout })
            .Build();

    private static bool IsFailure(GraphAnswer answer) => answer.Transport != Transport.Answered || answer.Status >= 500;

    private static TimeSpan BreakFor(int failedProbes)
    {
        var grown = FirstBreak * Math.Pow(2, Math.Min(failedProbes, 10));
        return grown < LongestBreak ? grown : LongestBreak;
    }
}
