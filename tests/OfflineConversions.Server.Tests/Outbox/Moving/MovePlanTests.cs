using OfflineConversions.Server.Outbox.Moving;

namespace OfflineConversions.Server.Tests.Outbox.Moving;

/// <summary>What the marks of both stores lead to.</summary>
public sealed class MovePlanTests
{
    private static readonly Guid This = Guid.Parse("11111111-1111-1111-1111-111111111111");
    private static readonly Guid Other = Guid.Parse("22222222-2222-2222-2222-222222222222");

    /// <summary>The source's mark, the target's mark, whether the target is empty, and the step.</summary>
    public static TheoryData<string, string, bool, string> Cases =>
        new()
        {
            // Nothing has begun.
            { "", "", true, "Begin" },
            { "", "", false, "None" },
            { "Arrived this", "Left this", true, "Begin" },
            { "Arrived this", "Left this", false, "Begin" },
            { "Arrived this", "", false, "None" },
            { "Arrived this", "Arrived other", false, "None" },
            // A process was killed right after it closed the source, or both.
            { "Leaving this", "", true, "Begin" },
            { "Leaving this", "Left other", false, "Begin" },
            { "Leaving this", "", false, "None" },
            { "Leaving this", "Arriving this", true, "Copy" },
            { "Leaving this", "Arriving this", false, "Copy" },
            { "", "Arriving other", true, "Begin" },
            // Another move has filled a part of the target.
            { "", "Arriving other", false, "None" },
            { "Leaving this", "Arriving other", false, "None" },
            { "", "Leaving other", true, "None" },
            // Everything is in the target.
            { "Left this", "Arriving this", false, "Open" },
            { "Left this", "Arrived this", false, "Clear" },
            { "Left this", "Left other", true, "None" },
            { "Left this", "", true, "None" },
            // The source itself is not complete.
            { "Arriving this", "", true, "None" },
            { "Arriving this", "Leaving this", false, "None" },
        };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_marks_say_where_a_move_goes_on(string source, string target, bool isTargetEmpty, string step)
    {
        var plan = MovePlan.Of(
            new MoveSide("the source", Mark(source), IsEmpty: false),
            new MoveSide("the target", Mark(target), isTargetEmpty)
        );

        plan.Next.ToString().Should().Be(step);
        (plan.Refusal is null).Should().Be(plan.Next != MoveStep.None);
        plan.Move.Should()
            .Be(
                plan.Next != MoveStep.None
                && source.EndsWith("this", StringComparison.Ordinal)
                && !source.StartsWith("Arrived", StringComparison.Ordinal)
                    ? This
                    : null
            );
    }

    private static MoveMark? Mark(string text) =>
        text.Split(' ') is [{ Length: > 0 } stage, var move]
            ? new MoveMark(move == "this" ? This : Other, Enum.Parse<MoveStage>(stage), Some.Now)
            : null;
}
