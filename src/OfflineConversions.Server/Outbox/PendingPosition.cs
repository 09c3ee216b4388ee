using System.Globalization;

namespace OfflineConversions.Server.Outbox;

/// <summary>
/// The place of a waiting event in the list, newest first. The list continues after it, also if the event has left
/// meanwhile.
/// </summary>
/// <param name="StoredAt">When its chunk was stored, in Unix milliseconds.</param>
/// <param name="Chunk">The number of its chunk.</param>
/// <param name="Event">Its place in the chunk.</param>
internal readonly record struct PendingPosition(long StoredAt, long Chunk, int Event)
{
    /// <summary>The position as a cursor.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{StoredAt}-{Chunk}-{Event}");

    /// <summary>Reads a cursor; <see langword="null"/> if it is none.</summary>
    public static PendingPosition? Parse(string cursor)
    {
        var parts = cursor.Split('-');
        return
            parts.Length == 3
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var storedAt)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var chunk)
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var place)
            ? new PendingPosition(storedAt, chunk, place)
            : null;
    }
}
