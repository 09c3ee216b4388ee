namespace OfflineConversions.Tests;

/// <summary>The sources as values of theories.</summary>
internal static class SourceName
{
    public const string MParticle = "MParticle";
    public const string Segment = "Segment";
    public const string RudderStack = "RudderStack";
    public const string CommandersAct = "CommandersAct";

    public static readonly string[] All = [MParticle, Segment, RudderStack, CommandersAct];
}
