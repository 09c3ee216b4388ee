namespace OfflineConversions.Conversions;

/// <summary>What became of one source event.</summary>
public enum Outcome
{
    /// <summary>At least one delivery is (to be) durably queued.</summary>
    Accepted,

    /// <summary>Not for Meta by design: an identify call, an event nobody mapped, no consent.</summary>
    Ignored,

    /// <summary>Meant for Meta but cannot be sent: no match key, too old.</summary>
    Rejected,
}
