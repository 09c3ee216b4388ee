using System.Buffers;
using OfflineConversions.Conversions;

namespace OfflineConversions.Server.Outbox.Journal;

/// <summary>The stored form of kinds and lanes: the numbers of their texts, and the runs of their chunks.</summary>
internal static class JournalKindFormat
{
    // A kind names few warnings and datasets.
    private const int MostInList = 1 << 16;

    /// <summary>Writes a kind, whose texts were added.</summary>
    public static void WriteTo(this JournalKind kind, ArrayBufferWriter<byte> output, JournalTexts texts)
    {
        output.WriteNumber(texts[kind.Connection]);
        output.WriteNumber(texts[kind.Source]);
        output.WriteNumber(texts[kind.EventName]);
        output.WriteNumber((int)kind.Outcome);
        output.WriteNumber(texts[kind.Reason]);
        output.WriteNumber(kind.Warnings.Count);
        foreach (var warning in kind.Warnings)
        {
            output.WriteNumber(texts[warning]);
        }

        output.WriteNumber(kind.Targets.Count);
        foreach (var target in kind.Targets)
        {
            output.WriteNumber(target.Lane);
            output.WriteNumber(texts[target.EventName]);
        }
    }

    /// <summary>Reads a kind.</summary>
    public static JournalKind ReadKind(JournalTexts texts, ref VarintReader input)
    {
        var connection = texts.Required(ref input);
        var source = texts.Required(ref input);
        var name = texts.Optional(ref input);
        var outcome = (Outcome)input.Count((int)Outcome.Rejected);
        var reason = texts.Optional(ref input);
        var warnings = new string[input.Count(MostInList)];
        for (var warning = 0; warning < warnings.Length && !input.Failed; warning++)
        {
            warnings[warning] = texts.Required(ref input);
        }

        var targets = new JournalTarget[input.Count(MostInList)];
        for (var target = 0; target < targets.Length && !input.Failed; target++)
        {
            targets[target] = new JournalTarget(input.Count(MostInList), texts.Required(ref input));
        }

        return new JournalKind(connection, source, name, outcome, reason, warnings, targets);
    }

    /// <summary>Writes a lane, whose chunks have their numbers.</summary>
    public static void WriteTo(this JournalLane lane, ArrayBufferWriter<byte> output)
    {
        output.WriteText(lane.Dataset);
        output.WriteNumber(lane.Runs.Count);
        var before = 0L;
        foreach (var run in lane.Runs)
        {
            output.WriteSigned(run.Chunk.Value - before);
            output.WriteNumber(run.Place);
            output.WriteNumber(run.Count);
            before = run.Chunk.Value;
        }
    }

    /// <summary>Reads a lane.</summary>
    public static JournalLane ReadLane(ref VarintReader input)
    {
        var lane = new JournalLane(input.Text());
        var chunk = 0L;
        for (var left = input.Count(JournalBlock.MostEvents); left > 0 && !input.Failed; left--)
        {
            chunk += input.Signed();
            lane.Add(
                new JournalRun(new ChunkNumber { Value = chunk }, input.Count(int.MaxValue), input.Count(int.MaxValue))
            );
        }

        return lane;
    }
}
