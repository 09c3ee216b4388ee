namespace OfflineConversions.Tests;

/// <summary>
/// The public API of the core: what a host and the author of a source need. Everything else is internal. A type that
/// becomes public is added here on purpose.
/// </summary>
public sealed class PublicApiTests
{
    private static readonly string[] PublicTypes =
    [
        "ConversionPipeline",
        "Conversions.ActionSource",
        "Conversions.Content",
        "Conversions.ConversionEvent",
        "Conversions.CustomData",
        "Conversions.CustomValue",
        "Conversions.DataProcessing",
        "Conversions.EventDelivery",
        "Conversions.EventQuality",
        "Conversions.EventResult",
        "Conversions.MatchKey",
        "Conversions.MatchKeySet",
        "Conversions.MatchKeyValue",
        "Conversions.MatchKeys",
        "Conversions.Outcome",
        "Conversions.PayloadBuffer",
        "Conversions.Reason",
        "Conversions.Target",
        "Conversions.Warning",
        "Conversions.Warnings",
        "Hashing.HashedKeys",
        "Hashing.PersonTraceFinder",
        "Hashing.ShortDigests",
        "Json.BodyText",
        "Json.DateOrder",
        "Json.JsonItems",
        "Json.JsonLimits",
        "Json.JsonMember",
        "Json.JsonMembers",
        "Json.JsonPart",
        "Json.JsonText",
        "Json.JsonTree",
        "Json.Number",
        "Origins.EventOrigins",
        "Origins.FieldOrigin",
        "Origins.OriginTrace",
        "Privacy.EventNames",
        "Privacy.PersonTrace",
        "Privacy.Secret",
        "Sources.BodySize",
        "Sources.CommandersAct.CommandersActDefinition",
        "Sources.CommandersAct.CommandersActOptions",
        "Sources.FlatFile.FlatFileDefinition",
        "Sources.FlatFile.FlatFileOptions",
        "Sources.TableFormat",
        "Sources.EventSources",
        "Sources.IEventSource",
        "Sources.MParticle.CcpaLimitedDataUse",
        "Sources.MParticle.MParticleDefinition",
        "Sources.MParticle.MParticleEnvironment",
        "Sources.MParticle.MParticleOptions",
        "Sources.MappedEvent",
        "Sources.MappingOptions",
        "Sources.Receipt",
        "Sources.RudderStack.MapRow",
        "Sources.RudderStack.RudderStackDefinition",
        "Sources.RudderStack.RudderStackOptions",
        "Sources.Segment.EventSetRow",
        "Sources.Segment.SegmentDefinition",
        "Sources.Segment.SegmentOptions",
        "Sources.Segment.SegmentValueField",
        "Sources.SettingProblem",
        "Sources.SourceDefinition",
        "Targets.Meta.ApiVersions",
        "Targets.Meta.DatasetId",
        "Targets.Meta.IMetaShape",
        "Targets.Meta.MatchKeyNames",
        "Targets.Meta.MetaApi",
        "Targets.Meta.MetaShapes",
        "Targets.Meta.PayloadEvent",
        "Targets.Meta.PayloadReader",
    ];

    [Fact]
    public void Only_the_pipeline_the_vocabulary_and_the_seam_of_sources_are_public() =>
        typeof(ConversionPipeline)
            .Assembly.GetExportedTypes()
            .Select(type => type.FullName!["OfflineConversions.".Length..])
            .Should()
            .BeEquivalentTo(PublicTypes);
}
