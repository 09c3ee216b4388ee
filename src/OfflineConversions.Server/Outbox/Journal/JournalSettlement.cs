using System.Buffers;

namespace OfflineConversions.Server.Outbox.Journal;

/// <summary>
/// How a chunk was settled, and what became of its events. A chunk that was delivered whole takes no bytes here. One
/// that was settled in part was replaced by what remained, so the places of its events go on in another chunk.
/// </summary>
/// <param name="Successor">The chunk of the kept events, in their order; zero if none was kept.</param>
/// <param name="Kept">The places of the kept events, ascending.</param>
/// <param name="Erased">The places of the events whose person was erased, ascending.</param>
/// <param name="Failed">The events that moved to the failed list.</param>
internal sealed record JournalSettlement(
    long Successor,
    IReadOnlyList<int> Kept,
    IReadOnlyList<int> Erased,
    IReadOnlyList<JournalFailure> Failed
)
{
    private const byte Version = 2;
    private const byte VersionWithoutAccepted = 1;
    private const int MostEvents = 1 << 20;

    /// <summary>The places of the events that an operator gave up, ascending.</summary>
    public IReadOnlyList<int> Discarded { get; init; } = [];

    /// <summary>The dataset to which the kept events moved; <see langword="null"/> if they stayed.</summary>
    public string? Dataset { get; init; }

    /// <summary>What Meta said when it accepted the events that are in none of the other lists.</summary>
    public IReadOnlyList<AcceptedRun> Accepted { get; init; } = [];

    /// <summary>Every event was delivered.</summary>
    public static JournalSettlement Delivered { get; } = new(0, [], [], []);

    /// <summary>How many of a chunk's events were delivered.</summary>
    public int DeliveredOf(int events) => events - Kept.Count - Erased.Count - Failed.Count - Discarded.Count;

    /// <summary>What became of one event of the chunk.</summary>
    public DeliveryStep StepOf(int place)
    {
        if (Erased.Contains(place))
        {
            return new DeliveryStep(DeliveryState.Erased);
        }

        if (Discarded.Contains(place))
        {
            return new DeliveryStep(DeliveryState.Discarded);
        }

        if (Failed.FirstOrDefault(failure => failure.Place == place) is { } failed)
        {
            return new DeliveryStep(DeliveryState.Failed) { Failure = failed };
        }

        for (var index = 0; index < Kept.Count; index++)
        {
            if (Kept[index] == place)
            {
                return new DeliveryStep(DeliveryState.Pending)
                {
                    Chunk = Successor,
                    Place = index,
                    Dataset = Dataset,
                };
            }
        }

        return new DeliveryStep(DeliveryState.Delivered) { Answer = AnswerTo(place) };
    }

    /// <summary>What Meta said when it accepted an event; null if that is not known.</summary>
    private MetaAnswer? AnswerTo(int place) =>
        Accepted.FirstOrDefault(run => place >= run.Start && place - run.Start < run.Count)?.Answer;

    /// <summary>Writes the settlement; nothing if everything was delivered and Meta said nothing.</summary>
    public void WriteTo(ArrayBufferWriter<byte> output)
    {
        if (Successor == 0 && Erased.Count + Failed.Count + Discarded.Count + Accepted.Count == 0)
        {
            return;
        }

        output.Write([Version]);
        output.WriteNumber(Successor);
        WriteRuns(Kept, output);
        WriteRuns(Erased, output);
        output.WriteNumber(Failed.Count);
        foreach (var failure in Failed)
        {
            output.WriteNumber(failure.Place);
            output.WriteNumber(failure.Number);
            output.WriteText(failure.Reason);
            Write(failure.Answer, output);
        }

        WriteRuns(Discarded, output);
        output.WriteText(Dataset ?? string.Empty);
        output.WriteNumber(Accepted.Count);
        foreach (var (start, count, answer) in Accepted)
        {
            output.WriteNumber(start);
            output.WriteNumber(count);
            Write(answer, output);
        }
    }

    /// <summary>Reads a settlement; <see langword="null"/> if it is damaged. Never throws.</summary>
    public static JournalSettlement? Read(ReadOnlySpan<byte> stored)
    {
        if (stored.IsEmpty)
        {
            return Delivered;
        }

        var input = new VarintReader(stored[1..]);
        input.Require(stored[0] is Version or VersionWithoutAccepted);
        var successor = input.Number();
        var kept = ReadRuns(ref input);
        var erased = ReadRuns(ref input);
        var failed = new List<JournalFailure>();
        for (var left = input.Count(MostEvents); left > 0 && !input.Failed; left--)
        {
            failed.Add(
                new JournalFailure(input.Count(MostEvents), input.Number(), input.Text(), ReadAnswer(ref input))
            );
        }

        var discarded = ReadRuns(ref input);
        var dataset = OrNull(input.Text());
        var accepted = stored[0] == Version ? ReadAccepted(ref input) : [];
        return input.Failed
            ? null
            : new JournalSettlement(successor, kept, erased, failed)
            {
                Discarded = discarded,
                Dataset = dataset,
                Accepted = accepted,
            };
    }

    /// <summary>Writes what Meta said, or that it said nothing.</summary>
    public static void Write(MetaAnswer? answer, ArrayBufferWriter<byte> output)
    {
        WriteOptional(answer?.Code, output);
        WriteOptional(answer?.Subcode, output);
        output.WriteText(answer?.Title ?? string.Empty);
        output.WriteText(answer?.TraceId ?? string.Empty);
        output.WriteText(answer?.Field ?? string.Empty);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static MetaAnswer? ReadAnswer(ref VarintReader input)
    {
        var answer = new MetaAnswer(
            ReadOptional(ref input),
            ReadOptional(ref input),
            OrNull(input.Text()),
            OrNull(input.Text()),
            OrNull(input.Text())
        );
        return answer == new MetaAnswer(null) ? null : answer;
    }

    private static List<AcceptedRun> ReadAccepted(ref VarintReader input)
    {
        var accepted = new List<AcceptedRun>();
        for (var left = input.Count(MostEvents); left > 0 && !input.Failed; left--)
        {
            var (start, count) = (input.Count(MostEvents), input.Count(MostEvents));
            if (ReadAnswer(ref input) is { } answer)
            {
                accepted.Add(new AcceptedRun(start, count, answer));
            }
        }

        return accepted;
    }

    private static string? OrNull(string text) => text.Length == 0 ? null : text;

    private static void WriteOptional(int? value, ArrayBufferWriter<byte> output)
    {
        output.WriteNumber(value is null ? 0 : 1);
        if (value is { } number)
        {
            output.WriteSigned(number);
        }
    }

    private static int? ReadOptional(ref VarintReader input) => input.Count(1) == 0 ? null : (int)input.Signed();

    private static void WriteRuns(IReadOnlyList<int> places, ArrayBufferWriter<byte> output)
    {
        var runs = new List<Run>();
        foreach (var place in places)
        {
            if (runs is [.., var last] && last.Start + last.Count == place)
            {
                runs[^1] = last with { Count = last.Count + 1 };
            }
            else
            {
                runs.Add(new Run(place, 1));
            }
        }

        output.WriteNumber(runs.Count);
        foreach (var (start, count) in runs)
        {
            output.WriteNumber(start);
            output.WriteNumber(count);
        }
    }

    private static List<int> ReadRuns(ref VarintReader input)
    {
        var places = new List<int>();
        for (var left = input.Count(MostEvents); left > 0 && !input.Failed; left--)
        {
            var (start, count) = (input.Count(MostEvents), input.Count(MostEvents));
            input.Require(places.Count + count <= MostEvents);
            if (!input.Failed)
            {
                places.AddRange(Enumerable.Range(start, count));
            }
        }

        return places;
    }

    private readonly record struct Run(int Start, int Count);
}

/// <summary>An event that moved to the failed list.</summary>
/// <param name="Place">Its place in the chunk.</param>
/// <param name="Number">Its number on the list.</param>
/// <param name="Reason">The reason code.</param>
/// <param name="Answer">What Meta said.</param>
internal sealed record JournalFailure(int Place, long Number, string Reason, MetaAnswer? Answer);

/// <summary>What Meta said when it accepted events of a chunk: those of some places that it accepted.</summary>
/// <param name="Start">The first place.</param>
/// <param name="Count">The number of places.</param>
/// <param name="Answer">What it said.</param>
internal sealed record AcceptedRun(int Start, int Count, MetaAnswer Answer);
