using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Sources;

namespace OfflineConversions.Origins;

/// <summary>
/// Finds out where each field of Meta's JSON comes from by experiment: it changes one part of the body after the other
/// and looks which fields change. So it is right for every source and every special case of the mapping, needs nothing
/// of it, and costs ingestion nothing. A body is mapped about twice for each of its values.
/// </summary>
internal sealed class OriginTrace
{
    private const long MostBytes = 8 * 1024 * 1024;
    private const int MostParts = 5000;

    private readonly ConversionPipeline _pipeline;
    private readonly byte[] _body;
    private readonly List<BodyPart> _parts;

    private OriginTrace(ConversionPipeline pipeline, byte[] body, List<BodyPart> parts, long bytes) =>
        (_pipeline, _body, _parts, Bytes) = (pipeline, body, parts, bytes);

    /// <summary>How many bytes of bodies are mapped, about.</summary>
    public long Bytes { get; }

    /// <summary>Prepares the experiment; <see langword="null"/> if the body is too large for it.</summary>
    /// <param name="pipeline">The mapping.</param>
    /// <param name="body">A body that has events.</param>
    public static OriginTrace? Of(ConversionPipeline pipeline, JsonPart body)
    {
        var size = Math.Max(1, pipeline.Measure(body).Bytes);
        var most = (int)Math.Min(MostParts, MostBytes / size);
        var json = body.Utf8.ToArray();
        using var tree = Parse(json);
        return BodyPart.In(tree.Root, most) is { } parts
            ? new OriginTrace(pipeline, json, parts, 2 * size * parts.Count)
            : null;
    }

    /// <summary>Finds the origins of each event, in order.</summary>
    /// <param name="receipt">When the body was received, and by which call.</param>
    /// <param name="results">What the mapping made of the body.</param>
    /// <param name="afterEach">Called again and again, because this can be long work.</param>
    public IReadOnlyList<EventOrigins> Find(
        Receipt receipt,
        IReadOnlyList<EventResult> results,
        Action? afterEach = null
    )
    {
        OriginTally[] events = [.. results.Select(result => new OriginTally(MappedSnapshot.Of(result)))];
        foreach (var part in _parts)
        {
            Compare(events, Map(part.Exchange(_body), receipt, afterEach), (tally, after) =>
                tally.Exchanged(part, after)
            );
        }

        foreach (var part in _parts)
        {
            Compare(events, Map(BodyPart.Remove(_body, [part]), receipt, afterEach), (tally, after) =>
                tally.Removed(part, after)
            );
        }

        var later = receipt with { At = receipt.At + TimeSpan.FromSeconds(1) };
        Compare(events, Map(_body, later, afterEach), (tally, after) => tally.ReceivedLater(after));
        FindCommonCauses(events, body => Map(body, receipt, afterEach));
        return [.. events.Select(tally => tally.Close())];
    }

    /// <summary>
    /// A warning that several parts cause stays when one of them is absent. Each of them causes it alone when all the
    /// others are absent.
    /// </summary>
    private void FindCommonCauses(OriginTally[] events, Func<byte[], List<MappedSnapshot>> map)
    {
        if (!events.Any(tally => tally.OpenWarnings.Any()))
        {
            return;
        }

        var unused = _parts.Where(part => !events.Any(tally => tally.Uses(part))).ToList();
        var without = map(BodyPart.Remove(_body, unused));
        if (without.Count != events.Length)
        {
            return;
        }

        string[][] open =
        [
            .. events.Select(
                (tally, index) => tally.OpenWarnings.Except(without[index].Warnings, StringComparer.Ordinal).ToArray()
            ),
        ];
        foreach (var part in open.Any(codes => codes.Length > 0) ? unused : [])
        {
            var alone = map(BodyPart.Remove(_body, unused.Where(other => other != part)));
            for (var index = 0; index < events.Length && alone.Count == events.Length; index++)
            {
                foreach (var code in open[index].Intersect(alone[index].Warnings, StringComparer.Ordinal))
                {
                    events[index].Caused(code, part);
                }
            }
        }
    }

    // A change can join two events or split one. Then only the first event that differs can be compared.
    private static void Compare(
        OriginTally[] events,
        List<MappedSnapshot> after,
        Action<OriginTally, MappedSnapshot> note
    )
    {
        for (var index = 0; index < Math.Min(events.Length, after.Count); index++)
        {
            note(events[index], after[index]);
            if (after.Count != events.Length && !after[index].IsLike(events[index].Before))
            {
                return;
            }
        }
    }

    private List<MappedSnapshot> Map(byte[] body, Receipt receipt, Action? afterEach)
    {
        using var tree = Parse(body);
        return [.. _pipeline.Map(tree.Root, receipt, afterEach).Select(MappedSnapshot.Of)];
    }

    // A body within a request may be nested as deeply as one of its own.
    private static JsonTree Parse(byte[] body) => JsonTree.Parse(body, JsonLimits.MaxDepth + 10);
}
