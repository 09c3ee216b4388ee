using OfflineConversions.Json;

namespace OfflineConversions.Conversions;

/// <summary>
/// The vendor-neutral event in the middle of the pipeline. A source fills it; hashing, checks and payload writers read
/// it. Its match keys are still clear text, so it never leaves the mapper.
/// </summary>
public sealed class ConversionEvent
{
    /// <summary>The source's own id, or a stable one derived from the event's bytes.</summary>
    public required string EventId { get; set; }

    /// <summary>When it happened; <see langword="null"/> means when it was received.</summary>
    public DateTimeOffset? EventTime { get; set; }

    /// <summary>Where it happened, as the event says; <see langword="null"/> means the connection's default.</summary>
    public string? ActionSource { get; set; }

    /// <summary>The page it happened on.</summary>
    public string? EventSourceUrl { get; set; }

    /// <summary>The label of the upload, at request level.</summary>
    public string? UploadTag { get; set; }

    /// <summary>Who it was, in clear text.</summary>
    public MatchKeys MatchKeys { get; } = new();

    /// <summary>What it was worth.</summary>
    public Number? Value { get; set; }

    /// <summary>In which currency, as the event says.</summary>
    public string? Currency { get; set; }

    /// <summary><c>product</c> or <c>product_group</c>; a target's own wins.</summary>
    public string? ContentType { get; set; }

    /// <summary>Product ids.</summary>
    public IReadOnlyList<string> ContentIds { get; set; } = [];

    /// <summary>Products.</summary>
    public List<Content> Contents { get; set; } = [];

    /// <summary>The order's number.</summary>
    public string? OrderId { get; set; }

    /// <summary>Tells lines of one order apart.</summary>
    public string? ItemNumber { get; set; }

    /// <summary>Limited data use.</summary>
    public DataProcessing? DataProcessing { get; set; }

    /// <summary>Everything else that goes into <c>custom_data</c>.</summary>
    public CustomData CustomData { get; } = new();

    /// <summary>Where it goes, under which names.</summary>
    public List<Target> Targets { get; } = [];
}

/// <summary>One dataset that a conversion event is bound for.</summary>
/// <param name="DatasetId">The dataset.</param>
/// <param name="EventName">The name it has there.</param>
/// <param name="ContentType">The content type under this name, where it depends on the name.</param>
public sealed record Target(string DatasetId, string EventName, string? ContentType = null);
