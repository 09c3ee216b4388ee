namespace OfflineConversions.Server.Outbox.Moving;

/// <summary>What a store notes of the move that concerns it.</summary>
/// <param name="Move">The move: both stores have the same number.</param>
/// <param name="Stage">How far it is, as this store sees it.</param>
/// <param name="At">Since when.</param>
internal sealed record MoveMark(Guid Move, MoveStage Stage, DateTimeOffset At)
{
    /// <summary>Whether the service may work with the store.</summary>
    public bool IsOpen => Stage == MoveStage.Arrived;

    /// <summary>Why the service may not work with the store, for the operator.</summary>
    /// <param name="store">The store.</param>
    public string Refusal(string store) =>
        Stage switch
        {
            MoveStage.Left => $"The events of {store} were moved to another store at {At:u}. Set Outbox:Provider and "
                + "the settings that go with it to that store, or move them back with the command move-outbox.",
            MoveStage.Leaving => $"The events of {store} are being moved to another store, and the move is not "
                + "complete. Repeat the command move-outbox to complete it, or add --cancel to give it up.",
            _ => $"Events are being moved into {store}, and the move is not complete. Repeat the command move-outbox "
                + "to complete it, or add --cancel to give it up.",
        };
}

/// <summary>The stages of a move. Stored by name.</summary>
internal enum MoveStage
{
    /// <summary>The store is read from and no longer changes. It holds everything.</summary>
    Leaving,

    /// <summary>Everything is in the other store. What this one may still hold is out of date.</summary>
    Left,

    /// <summary>The store is being filled.</summary>
    Arriving,

    /// <summary>The store holds everything, and is at work.</summary>
    Arrived,
}
