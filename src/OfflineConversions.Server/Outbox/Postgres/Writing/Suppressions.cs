using System.Collections.Frozen;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox.Postgres.Connecting;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Outbox.Postgres.Writing;

/// <summary>The persons that were erased, as digests, as of one edition of the store. Never changes.</summary>
internal sealed class Suppressions
{
    private readonly FrozenDictionary<PersonTrace, Suppression> _known;

    private Suppressions(FrozenDictionary<PersonTrace, Suppression> known)
    {
        _known = known;
        Unswept = known.Where(one => !one.Value.Swept).Select(one => one.Key).ToFrozenSet();
    }

    /// <summary>No person.</summary>
    public static Suppressions None { get; } = new(FrozenDictionary<PersonTrace, Suppression>.Empty);

    /// <summary>Whether anyone is suppressed.</summary>
    public bool Any => _known.Count > 0;

    /// <summary>The persons of whom the store may still hold something.</summary>
    public FrozenSet<PersonTrace> Unswept { get; }

    /// <summary>Whether a payload contains someone who is suppressed.</summary>
    public bool Contain(ReadOnlySpan<byte> payload, DateTimeOffset now)
    {
        var (known, time) = (_known, now.ToUnixTimeMilliseconds());
        return known.Count > 0
            && PayloadReader.HasTrace(payload, trace =>
                known.TryGetValue(trace, out var found) && (found.Until > time || !found.Swept)
            );
    }

    /// <summary>Whether a payload contains someone of whom the store may still hold something.</summary>
    public bool ContainUnswept(ReadOnlySpan<byte> payload) =>
        Unswept.Count > 0 && PayloadReader.HasTrace(payload, Unswept.Contains);

    /// <summary>Reads them.</summary>
    public static async Task<Suppressions> ReadAsync(DatabaseTransaction transaction)
    {
        var rows = await transaction.QueryAsync("SELECT trace, until, swept FROM offlineconversions.suppressed", row =>
            KeyValuePair.Create(
                PersonTrace.Read(row.GetFieldValue<byte[]>(0)),
                new Suppression(row.GetInt64(1), row.GetBoolean(2))
            )
        );
        return new Suppressions(rows.ToFrozenDictionary());
    }

    private readonly record struct Suppression(long Until, bool Swept);
}
