using OfflineConversions.Sources.CommandersAct;
using OfflineConversions.Sources.FlatFile;
using OfflineConversions.Sources.MParticle;
using OfflineConversions.Sources.RudderStack;
using OfflineConversions.Sources.Segment;

namespace OfflineConversions.Sources;

/// <summary>The registry of sources.</summary>
public sealed class EventSources(IReadOnlyList<SourceDefinition> definitions)
{
    /// <summary>The sources of this package.</summary>
    public static EventSources All { get; } =
        new([
            MParticleDefinition.Instance,
            SegmentDefinition.Instance,
            RudderStackDefinition.Instance,
            CommandersActDefinition.Instance,
            FlatFileDefinition.Instance,
        ]);

    /// <summary>The sources in the order of their registration.</summary>
    public IReadOnlyList<SourceDefinition> Definitions { get; } = definitions;

    /// <summary>Their names.</summary>
    public IEnumerable<string> Names => Definitions.Select(definition => definition.Name);

    /// <summary>The source with the name, in any case; <see langword="null"/> for none.</summary>
    public SourceDefinition? Find(string name) =>
        Definitions.FirstOrDefault(definition => definition.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
