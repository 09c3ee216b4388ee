using OfflineConversions.Privacy;

namespace OfflineConversions.Sources.Segment;

/// <summary>Settings of the Segment dialect. Source: Segment, "Facebook Offline Conversions Destination".</summary>
public sealed class SegmentOptions
{
    /// <summary>Track events sent under their table name or their own. Default: none.</summary>
    public List<EventSetRow> Events { get; set; } = [];

    /// <summary>Track events sent as <c>Lead</c>. Default: none.</summary>
    public List<EventSetRow> LeadEvents { get; set; } = [];

    /// <summary>Track events sent as <c>CompleteRegistration</c>. Default: none.</summary>
    public List<EventSetRow> CompleteRegistrationEvents { get; set; } = [];

    /// <summary>
    /// The property that carries the value of events other than Order Completed: <c>value</c> or <c>price</c>. Default
    /// <c>value</c>.
    /// </summary>
    public SegmentValueField ValueFieldIdentifier { get; set; }

    /// <summary>Forward the data processing options of the event. Default <see langword="false"/>.</summary>
    public bool LimitedDataUse { get; set; }

    /// <summary>Segment's webhook secret; when set, <c>X-Signature</c> must match. Default: none.</summary>
    public Secret? SharedSecret { get; set; }
}

/// <summary>One row of Segment's event lists.</summary>
public sealed class EventSetRow
{
    /// <summary>The name of the track event. Required.</summary>
    public string? Event { get; set; }

    /// <summary>The event set it goes to. Required.</summary>
    public string? EventSetId { get; set; }
}

/// <summary>Segment's Value Field Identifier.</summary>
public enum SegmentValueField
{
    Value,
    Price,
}
