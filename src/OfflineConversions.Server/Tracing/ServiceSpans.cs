using System.Diagnostics;

namespace OfflineConversions.Server.Tracing;

/// <summary>
/// Starts the spans of the service. Without a listener, which only an OTLP endpoint brings, it does nothing. Tags hold
/// names from the configuration, codes and counts, never anything from an event.
/// </summary>
internal static class ServiceSpans
{
    /// <summary>The name of their source.</summary>
    public const string Source = "OfflineConversions";

    /// <summary>The start of the names of the service's own tags.</summary>
    public const string TagPrefix = "offlineconversions.";

    /// <summary>The most links that a span gets: the SDK's own limit.</summary>
    public const int MostLinks = 128;

    private static readonly ActivitySource Spans = new(Source);

    /// <summary>Starts a span below the current one.</summary>
    /// <returns>The span; <see langword="null"/> if it is not recorded.</returns>
    public static Activity? Start(string name, ActivityKind kind) => Spans.StartActivity(name, kind);

    /// <summary>
    /// Starts a span that continues earlier ones: it belongs to the trace of the first, and links to the others. So it
    /// is recorded whenever one of them was, whatever the sampling.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="earlier">The earlier spans, asked for only if somebody listens.</param>
    public static Activity? Continue(string name, ActivityKind kind, Func<IReadOnlyList<ActivityContext>> earlier)
    {
        if (!Spans.HasListeners())
        {
            return null;
        }

        var contexts = earlier();
        var first = contexts.Count > 0 ? contexts[0] : default;
        var links = contexts.Skip(1).Take(MostLinks).Select(context => new ActivityLink(context));
        return Spans.StartActivity(name, kind, first, tags: null, links);
    }

    /// <summary>Sets one of the service's own tags.</summary>
    public static Activity Tag(this Activity span, string name, object? value) => span.SetTag(TagPrefix + name, value);
}
