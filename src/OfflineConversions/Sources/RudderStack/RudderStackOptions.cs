namespace OfflineConversions.Sources.RudderStack;

/// <summary>
/// Settings of the RudderStack dialect. Source: RudderStack, "Facebook Offline Conversions", Connection settings.
/// </summary>
public sealed class RudderStackOptions
{
    /// <summary>Your event names to Meta's; one event may map to several. Default: none.</summary>
    public List<MapRow> EventsToStandard { get; set; } = [];

    /// <summary>Meta's event names to event set ids; one delivery for each. Default: none.</summary>
    public List<MapRow> EventsToIds { get; set; } = [];

    /// <summary>Categories to Meta's content types. Default: none.</summary>
    public List<MapRow> CategoryToContent { get; set; } = [];

    /// <summary>The path looked at first for the value. Default <c>properties.value</c>.</summary>
    public string ValueFieldIdentifier { get; set; } = "properties.value";

    /// <summary>Forward <c>context.dataProcessingOptions</c>. Default <see langword="false"/>.</summary>
    public bool LimitedDataUsage { get; set; }

    /// <summary>
    /// Hash the match keys. Default <see langword="true"/>. When off, they must arrive hashed: a value that is not a
    /// hash is left out.
    /// </summary>
    public bool EnableHashing { get; set; } = true;
}

/// <summary>One row of RudderStack's maps.</summary>
public sealed class MapRow
{
    /// <summary>What is looked up. Required.</summary>
    public string? From { get; set; }

    /// <summary>What it maps to. Required.</summary>
    public string? To { get; set; }
}
