using OfflineConversions.Sources;

namespace OfflineConversions.Server.Ingestion;

/// <summary>One path that takes events.</summary>
/// <param name="Path">The path; a trailing slash is welcome too.</param>
/// <param name="Sources">The sources it may serve; where there are several, the write key decides.</param>
/// <param name="Call">The call its last segment names, or <see langword="null"/> where the body says it.</param>
internal sealed record IngestionRoute(string Path, IReadOnlyList<SourceDefinition> Sources, string? Call = null)
{
    /// <summary>Whether the path may serve the source.</summary>
    public bool Serves(SourceDefinition? source) => source is not null && Sources.Contains(source);
}
