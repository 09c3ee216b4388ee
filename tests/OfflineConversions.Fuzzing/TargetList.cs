using OfflineConversions.Fuzzing.Targets;
using OfflineConversions.Sources;

namespace OfflineConversions.Fuzzing;

/// <summary>Every parser that is fuzzed.</summary>
internal static class TargetList
{
    public static readonly IReadOnlyList<string> Names =
    [
        "mparticle",
        "segment",
        "rudderstack",
        "commandersact",
        "bodies",
        "files",
        "graph",
        "rows",
        "outbox",
    ];

    public static Target Create(string name) =>
        name switch
        {
            "bodies" => new BodyTarget(),
            "files" => new FileTarget(),
            "graph" => new GraphTarget(),
            "rows" => new OutboxRowTarget(),
            "outbox" => new OutboxFileTarget(),
            _ => new SourceTarget(EventSources.All.Find(name)!),
        };
}
