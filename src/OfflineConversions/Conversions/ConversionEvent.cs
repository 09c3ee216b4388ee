using OfflineConversions.Json;

namespace OfflineConversions.Conversions;

/// <summary>
/// The vendor-neutral event between a source and Meta: what happened, but not to whom. A source creates it; the later
/// stages read it and change it only by copying.
/// </summary>
/// <remarks>
/// The clear match keys are apart, in <see cref="MatchKeys"/>, because every stage after hashing receives this record.
/// Later stages only compare texts, search them for e-mail addresses and write them, so most are slices of the body.
/// </remarks>
internal sealed record ConversionEvent
{
    private CustomData? _eventFields;

    /// <summary>The source's own id, or a stable one derived from the event's bytes.</summary>
    public required string EventId { get; init; }

    /// <summary>When it happened; <see langword="null"/> means when it was received.</summary>
    public DateTimeOffset? EventTime { get; init; }

    /// <summary>Where it happened, as the event says; <see langword="null"/> means the connection's default.</summary>
    public string? ActionSource { get; init; }

    /// <summary>The page on which it happened.</summary>
    public BodyText EventSourceUrl { get; init; }

    /// <summary>The label of the upload, at request level.</summary>
    public string? UploadTag { get; init; }

    /// <summary>What it was worth.</summary>
    public Number? Value { get; init; }

    /// <summary>Whether the event has a value that cannot be read, so that <see cref="Value"/> is empty.</summary>
    public bool HasUnreadableValue { get; init; }

    /// <summary>The currency of <see cref="Value"/>, as the event or the connection says.</summary>
    public BodyText Currency { get; init; }

    /// <summary>Whether neither the event nor the connection names <see cref="Currency"/>.</summary>
    public bool HasAssumedCurrency { get; init; }

    /// <summary><c>product</c> or <c>product_group</c>, unless the target has its own.</summary>
    public string? ContentType { get; init; }

    /// <summary>Product ids.</summary>
    public IReadOnlyList<string> ContentIds { get; init; } = [];

    /// <summary>Products.</summary>
    public IReadOnlyList<Content> Contents { get; init; } = [];

    /// <summary>The order's number.</summary>
    public BodyText OrderId { get; init; }

    /// <summary>Distinguishes lines of one order.</summary>
    public BodyText ItemNumber { get; init; }

    /// <summary>Limited data use.</summary>
    public DataProcessing? DataProcessing { get; init; }

    /// <summary>Whether the event has data processing options that Meta would not understand.</summary>
    public bool HasInvalidDataProcessing { get; init; }

    /// <summary>Whether the event came from a browser or an app rather than from a till or a list.</summary>
    public bool HasDevice { get; init; }

    /// <summary>
    /// Whether the event has an id that its sender chose. Without one, and without a time, two equal sales look like
    /// one that was sent twice.
    /// </summary>
    public bool HasOwnId { get; init; } = true;

    /// <summary>Meta's own fields at the level of the event, in Meta's types.</summary>
    public CustomData EventFields
    {
        get => _eventFields ??= new CustomData();
        init => _eventFields = value;
    }

    /// <summary>Whether there are any of these fields, as in few events.</summary>
    internal bool HasEventFields => _eventFields is { Span.IsEmpty: false };

    /// <summary>The free properties of <c>custom_data</c>.</summary>
    public CustomData CustomData { get; init; } = new();

    /// <summary>The datasets it is sent to, and its name in each.</summary>
    public IReadOnlyList<Target> Targets { get; init; } = [];

    /// <summary>Gives memory of the pool back. Nothing can read the event afterwards.</summary>
    internal void Release()
    {
        CustomData.Release();
        (Contents as PooledList<Content>)?.Release();
    }
}

/// <summary>One dataset that a conversion event is sent to.</summary>
/// <param name="DatasetId">The dataset.</param>
/// <param name="EventName">The event's name there.</param>
/// <param name="ContentType">The content type under this name, if it depends on the name.</param>
internal sealed record Target(string DatasetId, string EventName, string? ContentType = null);

/// <summary>One product of a conversion. Source: Meta, "Custom Data Parameters", contents.</summary>
/// <param name="Id">
/// Its id in the catalogue. A product without one is left out, because Meta refuses the whole batch for it.
/// </param>
/// <param name="Quantity">How many.</param>
/// <param name="Price">The price of one: <c>item_price</c>, in the offline-events shape <c>price</c>.</param>
/// <param name="Brand">Its brand.</param>
/// <param name="Category">Its category.</param>
internal readonly record struct Content(
    BodyText Id,
    Number? Quantity,
    Number? Price,
    BodyText Brand,
    BodyText Category
);

/// <summary>Meta's data processing options. Source: Meta, "Data Processing Options".</summary>
/// <param name="Options"><c>LDU</c>; empty to state that there is no limit.</param>
/// <param name="Country">1 for the US, 0 for the country that Meta derives from the IP address.</param>
/// <param name="State">1000 for California and so on, 0 for the state that Meta derives from the IP address.</param>
internal sealed record DataProcessing(IReadOnlyList<string> Options, Number? Country, Number? State);
