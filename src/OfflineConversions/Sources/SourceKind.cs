namespace OfflineConversions.Sources;

/// <summary>A vendor dialect. The lower-case name is its route segment and metric tag.</summary>
public enum SourceKind
{
    MParticle,
    Segment,
    RudderStack,
    CommandersAct,
}
