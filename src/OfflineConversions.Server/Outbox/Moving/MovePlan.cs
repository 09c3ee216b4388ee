namespace OfflineConversions.Server.Outbox.Moving;

/// <summary>What there is to do, as the marks of both stores say.</summary>
/// <param name="Next">The next step.</param>
/// <param name="Move">The number of the move to continue; <see langword="null"/> for a new one.</param>
/// <param name="Refusal">Why nothing may be done.</param>
internal readonly record struct MovePlan(MoveStep Next, Guid? Move = null, string? Refusal = null)
{
    /// <summary>Compares the marks.</summary>
    public static MovePlan Of(MoveSide source, MoveSide target) =>
        source.Mark switch
        {
            null or { Stage: MoveStage.Arrived } => target.IsFree
                ? new MovePlan(MoveStep.Begin)
                : Refuse(NotFree(target)),
            { Stage: MoveStage.Leaving, Move: var move } => target.Mark is { Stage: MoveStage.Arriving } into
            && into.Move == move
                ? new MovePlan(MoveStep.Copy, move)
            : target.IsFree ? new MovePlan(MoveStep.Begin, move)
            : Refuse(NotFree(target)),
            { Stage: MoveStage.Left, Move: var move } => target.Mark is { } other && other.Move == move
                ? new MovePlan(other.IsOpen ? MoveStep.Clear : MoveStep.Open, move)
                : Refuse($"The events of {source.Name} were moved before, and not into {target.Name}."),
            _ => Refuse(
                $"Events are being moved into {source.Name}, and that move is not complete. Complete it, or give it up "
                    + "with --cancel."
            ),
        };

    private static MovePlan Refuse(string refusal) => new(MoveStep.None, Refusal: refusal);

    private static string NotFree(MoveSide target) =>
        target.Mark is { Stage: MoveStage.Arriving or MoveStage.Leaving }
            ? $"Another move of {target.Name} is not complete. Complete it, or give it up with --cancel. If it was "
                + "given up, delete what it has copied: the schema offlineconversions, or the file."
            : $"{target.Sentence} is not empty. Events are moved into an empty store only.";
}

/// <summary>A store as the plan sees it.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Mark">Its mark.</param>
/// <param name="IsEmpty">Whether it holds nothing, not even the beginning of a move.</param>
internal readonly record struct MoveSide(string Name, MoveMark? Mark, bool IsEmpty)
{
    /// <summary>
    /// Whether a new move may fill it: it is empty, what it holds is out of date, or a move that ended right after its
    /// beginning has closed it.
    /// </summary>
    public bool IsFree =>
        Mark?.Stage switch
        {
            MoveStage.Left => true,
            MoveStage.Leaving => false,
            _ => IsEmpty,
        };

    /// <summary>The name at the beginning of a sentence.</summary>
    public string Sentence => string.Concat(Name[..1].ToUpperInvariant(), Name.AsSpan(1));
}

/// <summary>
/// The steps of a move. Each leads to the next one. After a process that died, the next one repeats its step.
/// </summary>
internal enum MoveStep
{
    /// <summary>Nothing may be done.</summary>
    None,

    /// <summary>Close both stores.</summary>
    Begin,

    /// <summary>Copy the rows that are missing, and compare.</summary>
    Copy,

    /// <summary>Open the store that holds everything now.</summary>
    Open,

    /// <summary>Delete what is out of date.</summary>
    Clear,
}
