using System.Runtime.InteropServices;

namespace OfflineConversions.Server.Outbox.Journal;

/// <summary>What one transaction adds to the roll-ups of the hour.</summary>
internal sealed class RollUpChanges
{
    private readonly Dictionary<RollUpKey, long> _counts = [];

    /// <summary>The counts.</summary>
    public IReadOnlyDictionary<RollUpKey, long> All => _counts;

    /// <summary>The start of an hour in Unix milliseconds.</summary>
    public static long HourOf(DateTimeOffset time) =>
        time.ToUnixTimeMilliseconds()
        / (long)TimeSpan.FromHours(1).TotalMilliseconds
        * (long)TimeSpan.FromHours(1).TotalMilliseconds;

    /// <summary>Adds to a count.</summary>
    public void Add(string connection, string kind, string name, long count)
    {
        if (count != 0)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, new RollUpKey(connection, kind, name), out _) += count;
        }
    }

    /// <summary>Counts the arrivals of a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="addName">Counts the names of events, of which each connection has a limited number.</param>
    public void Add(JournalBlock block, Action<JournalKind, long> addName)
    {
        var counts = new int[block.Kinds.Count];
        foreach (var kind in block.KindOf)
        {
            counts[kind]++;
        }

        for (var number = 0; number < counts.Length; number++)
        {
            var (kind, count) = (block.Kinds[number], counts[number]);
            Add(kind.Connection, RollUpKind.Of(kind.Outcome), kind.Reason ?? string.Empty, count);
            addName(kind, count);
            foreach (var warning in kind.Warnings)
            {
                Add(kind.Connection, RollUpKind.Warning, warning, count);
            }
        }
    }

    /// <summary>Counts what became of the events of a chunk.</summary>
    public void Add(string connection, int events, JournalSettlement settlement)
    {
        Add(connection, RollUpKind.Delivered, string.Empty, settlement.DeliveredOf(events));
        foreach (var (reason, count) in settlement.Failed.CountBy(failure => failure.Reason))
        {
            Add(connection, RollUpKind.Failed, reason, count);
        }
    }

    /// <summary>They are written, or after a rollback nothing was counted.</summary>
    public void Clear() => _counts.Clear();
}

/// <summary>What is counted.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Kind">What is counted: a short code.</param>
/// <param name="Name">What is counted of this kind.</param>
internal readonly record struct RollUpKey(string Connection, string Kind, string Name);
