using OfflineConversions.Sources;

namespace OfflineConversions.Server.Ingestion;

/// <summary>One path that takes events.</summary>
/// <param name="Path">The path; a trailing slash is welcome too.</param>
/// <param name="Sources">The sources it may serve; where there are several, the write key decides.</param>
/// <param name="Call">The call its last segment names, or <see langword="null"/> where the body says it.</param>
internal sealed record IngestionRoute(string Path, IReadOnlyList<SourceKind> Sources, string? Call = null)
{
    /// <summary>Whether the path may serve the source.</summary>
    public bool Serves(SourceKind? source) => source is { } kind && Sources.Contains(kind);
}

/// <summary>The names a source has outside the code: its route segment and metric tag.</summary>
internal static class SourceNames
{
    private static readonly string[] LowerCase =
    [
        .. Enum.GetNames<SourceKind>().Select(name => name.ToLowerInvariant()),
    ];

    /// <summary>Its lower-case name, for example <c>mparticle</c>.</summary>
    public static string Name(this SourceKind source) => LowerCase[(int)source];
}
