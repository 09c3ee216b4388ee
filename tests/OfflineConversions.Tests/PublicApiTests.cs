namespace OfflineConversions.Tests;

/// <summary>
/// The public types of the package. Everything else is internal. A type that becomes public is added here on purpose,
/// and each of its members to PublicAPI.Unshipped.txt.
/// </summary>
public sealed class PublicApiTests
{
    private static readonly string[] PublicTypes =
    [
        "Conversion",
        "ConversionBatch",
        "ConversionPipeline",
        "ConversionWriter",
        "Customer",
        "HashedCustomer",
        "Product",
        "Conversions.ActionSource",
        "Conversions.EventDelivery",
        "Conversions.EventResult",
        "Conversions.MatchKey",
        "Conversions.MatchKeyValue",
        "Conversions.Outcome",
        "Conversions.Reason",
        "Conversions.Warning",
        "Json.DateOrder",
        "Privacy.Secret",
        "Sources.CommandersAct.CommandersActDefinition",
        "Sources.CommandersAct.CommandersActOptions",
        "Sources.FlatFile.FlatFileDefinition",
        "Sources.FlatFile.FlatFileOptions",
        "Sources.EventSources",
        "Sources.MParticle.CcpaLimitedDataUse",
        "Sources.MParticle.MParticleDefinition",
        "Sources.MParticle.MParticleEnvironment",
        "Sources.MParticle.MParticleOptions",
        "Sources.MappingOptions",
        "Sources.RudderStack.MapRow",
        "Sources.RudderStack.RudderStackDefinition",
        "Sources.RudderStack.RudderStackOptions",
        "Sources.Segment.EventSetRow",
        "Sources.Segment.SegmentDefinition",
        "Sources.Segment.SegmentOptions",
        "Sources.Segment.SegmentValueField",
        "Sources.SettingProblem",
        "Sources.SourceDefinition",
        "Targets.Meta.MatchKeyNames",
        "Targets.Meta.MetaApi",
        "Targets.Meta.Responses.Classifier",
        "Targets.Meta.Responses.DeliveryReason",
        "Targets.Meta.Responses.GraphError",
        "Targets.Meta.Responses.GraphResponse",
        "Targets.Meta.Responses.HaltLevel",
        "Targets.Meta.Responses.NextStep",
        "Targets.Meta.Responses.NextStep+Bisect",
        "Targets.Meta.Responses.NextStep+Bury",
        "Targets.Meta.Responses.NextStep+Complete",
        "Targets.Meta.Responses.NextStep+Halt",
        "Targets.Meta.Responses.NextStep+Retry",
        "Targets.Meta.Responses.Obstacle",
        "Targets.Meta.Responses.Transport",
    ];

    [Fact]
    public void Only_what_users_of_the_package_need_is_public() =>
        typeof(ConversionPipeline)
            .Assembly.GetExportedTypes()
            .Select(type => type.FullName!["OfflineConversions.".Length..])
            .Should()
            .BeEquivalentTo(PublicTypes);
}
