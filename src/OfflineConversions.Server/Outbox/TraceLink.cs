using System.Diagnostics;

namespace OfflineConversions.Server.Outbox;

/// <summary>
/// Which span stored an event, so that the trace of its post continues when it is delivered, also after a restart. The
/// events of one post share one instance. Kept only where the span is recorded.
/// </summary>
/// <param name="TraceId">The trace of the post.</param>
/// <param name="SpanId">The span that stored the event.</param>
internal sealed record TraceLink(ActivityTraceId TraceId, ActivitySpanId SpanId)
{
    /// <summary>For links.</summary>
    public ActivityContext Context => new(TraceId, SpanId, ActivityTraceFlags.Recorded, isRemote: true);

    /// <summary>The link to a span; <see langword="null"/> if there is none, or if it is not recorded.</summary>
    public static TraceLink? To(Activity? span) =>
        span is { Recorded: true } ? new TraceLink(span.TraceId, span.SpanId) : null;
}
