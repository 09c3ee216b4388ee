using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Json;

namespace OfflineConversions.Targets.Meta;

/// <summary>
/// One of the two shapes in which Meta accepts events: everything that differs between the Conversions API and the
/// offline-events API. Stateless; <see cref="MetaShapes"/> has the instances.
/// </summary>
internal interface IMetaShape
{
    /// <summary>The configuration value and storage tag of the shape.</summary>
    MetaApi Api { get; }

    /// <summary>The most events that Meta accepts in one request.</summary>
    int MaxEventsPerRequest { get; }

    /// <summary>The version of the Graph API in the URL, unless configured otherwise: <c>v27.0</c>.</summary>
    string DefaultApiVersion { get; }

    /// <summary>The day on which Meta retired the shape; <see langword="null"/> while Meta accepts it.</summary>
    DateOnly? RetiredOn { get; }

    /// <summary>The version of the shape among the configured ones.</summary>
    string VersionIn(ApiVersions versions);

    /// <summary>How event names compare.</summary>
    StringComparison EventNames { get; }

    /// <summary>The name at Meta of an event that is none of Meta's standard events.</summary>
    /// <param name="ownName">The name that the source gave the event.</param>
    string NameOfCustomEvent(string ownName);

    /// <summary>How match keys are hashed.</summary>
    internal HashingRules HashingRules { get; }

    /// <summary>The match keys that the shape has a name for. Meta never sees the others.</summary>
    internal MatchKeySet NamedKeys { get; }

    /// <summary>
    /// Whether a free property of this name would collide with one of Meta's own that the event writes beside it.
    /// </summary>
    internal bool IsReserved(string propertyName, ConversionEvent conversion);

    /// <summary>Meta's own fields at the level of the event that the shape has a place for, with their types.</summary>
    internal IReadOnlyDictionary<string, FieldType> EventFields { get; }

    /// <summary>The names among the free properties that have a type at Meta.</summary>
    internal IReadOnlyDictionary<string, FieldType> CustomDataFields { get; }

    /// <summary>Writes the event object of Meta's <c>data</c> array.</summary>
    internal void Write(JsonOutput output, in PricedEvent priced);
}

/// <summary>The configured Graph API version of each shape, for example <c>v27.0</c>.</summary>
/// <param name="ConversionsApi">The version for the Conversions API.</param>
/// <param name="OfflineEvents">The version for the offline-events API.</param>
internal readonly record struct ApiVersions(string ConversionsApi, string OfflineEvents);
