using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Imports;

/// <summary>
/// Finds the duplicates of a dry run: deliveries that were accepted before, and those that the file has twice. It
/// remembers a limited number of deliveries of the file; later repeats of others are not recognised.
/// </summary>
internal sealed class DryRun(IImportStore store)
{
    /// <summary>How many deliveries of the file are remembered: about 50 MB.</summary>
    public const int MostRemembered = 1_000_000;

    private readonly HashSet<UInt128> _seen = [];

    /// <summary>What an append of the deliveries would result in now.</summary>
    public async ValueTask<AppendResult> TryAsync(
        IReadOnlyList<OutboxEntry> entries,
        CancellationToken cancellationToken
    )
    {
        var taken = await store.FindDuplicatesAsync(entries, cancellationToken);
        var stored = new bool[entries.Count];
        for (var index = 0; index < stored.Length; index++)
        {
            var key = DeduplicationKey.Of(entries[index]);
            stored[index] = !taken[index] && (!key.Exists || IsNew(key.Digest));
        }

        return new AppendResult(AppendStatus.Stored, stored, TimeSpan.Zero);
    }

    private bool IsNew(UInt128 digest) => _seen.Count < MostRemembered ? _seen.Add(digest) : !_seen.Contains(digest);
}
