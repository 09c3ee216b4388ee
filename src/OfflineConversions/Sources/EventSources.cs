using OfflineConversions.Conversions;
using OfflineConversions.Sources.CommandersAct;
using OfflineConversions.Sources.MParticle;
using OfflineConversions.Sources.RudderStack;
using OfflineConversions.Sources.Segment;

namespace OfflineConversions.Sources;

/// <summary>Every dialect by its kind.</summary>
public static class EventSources
{
    /// <summary>Makes the source of a connection.</summary>
    public static IEventSource Create(MappingOptions options) =>
        options.Source switch
        {
            SourceKind.MParticle => new MParticleSource(options),
            SourceKind.Segment => new SegmentSource(options),
            SourceKind.RudderStack => new RudderStackSource(options),
            SourceKind.CommandersAct => new CommandersActSource(options),
            _ => throw new ArgumentException("A connection needs a Source.", nameof(options)),
        };
}
