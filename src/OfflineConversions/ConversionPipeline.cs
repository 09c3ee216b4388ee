using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Sources;

namespace OfflineConversions;

/// <summary>
/// The core's front door: the JSON a source posts in, Meta's JSON out. One instance serves one connection; it is
/// immutable and may be used from any number of threads.
/// </summary>
public sealed class ConversionPipeline
{
    /// <summary>Compiles the connection's tables.</summary>
    public ConversionPipeline(MappingOptions options) => Options = options;

    /// <summary>The settings it was made from.</summary>
    public MappingOptions Options { get; }

    /// <summary>Says what is wrong with the shape of a body that holds no events at all, or <see langword="null"/>.</summary>
    public string? Refuse(JsonElement body) => throw new NotSupportedException();

    /// <summary>Maps, hashes, checks and writes every event of the body, in order. Never throws for what a body holds.</summary>
    public IReadOnlyList<EventResult> Map(JsonElement body, Receipt receipt) => throw new NotSupportedException();
}
