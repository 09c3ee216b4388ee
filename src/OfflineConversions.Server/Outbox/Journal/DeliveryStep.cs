namespace OfflineConversions.Server.Outbox.Journal;

/// <summary>What a settlement says about one event of its chunk.</summary>
/// <param name="State">Its state. A pending event goes on in another chunk.</param>
internal readonly record struct DeliveryStep(DeliveryState State)
{
    /// <summary>How it failed, if it did.</summary>
    public JournalFailure? Failure { get; init; }

    /// <summary>What Meta said when it accepted the event; null if that is not known.</summary>
    public MetaAnswer? Answer { get; init; }

    /// <summary>The chunk in which it goes on.</summary>
    public long Chunk { get; init; }

    /// <summary>Its place there.</summary>
    public int Place { get; init; }

    /// <summary>The dataset to which it moved; <see langword="null"/> if it stayed.</summary>
    public string? Dataset { get; init; }
}
