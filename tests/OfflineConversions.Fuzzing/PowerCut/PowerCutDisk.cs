namespace OfflineConversions.Fuzzing.PowerCut;

/// <summary>
/// What a disk holds when the power fails. What a file received before its last sync is there. Of what came after it,
/// anything may be: all, nothing, some writes and not others, and of a write some sectors.
/// </summary>
internal sealed class PowerCutDisk
{
    private const int Sector = 512;

    private readonly Dictionary<string, MemoryStream?> _synced = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<DiskWrite>> _pending = new(StringComparer.Ordinal);

    /// <summary>The next thing that SQLite did.</summary>
    public void Apply(DiskWrite write)
    {
        if (!_pending.TryGetValue(write.File, out var pending))
        {
            _pending[write.File] = pending = [];
            _synced[write.File] = null;
        }

        if (write.Kind != DiskWriteKind.Sync)
        {
            pending.Add(write);
            return;
        }

        foreach (var one in pending)
        {
            _synced[write.File] = Applied(_synced[write.File], one, () => true);
        }

        _synced[write.File] ??= new MemoryStream();
        pending.Clear();
        CompleteDeletions();
    }

    /// <summary>Writes the files as one power cut leaves them.</summary>
    public void WriteTo(string folder, Random random)
    {
        foreach (var (name, pending) in _pending)
        {
            var image = Copy(_synced[name]);
            var luck = random.Next(5);
            foreach (var write in pending.Take(luck == 0 ? random.Next(pending.Count + 1) : pending.Count))
            {
                var survives = luck switch
                {
                    0 or 1 => true,
                    2 => false,
                    _ => random.Next(2) == 0,
                };
                if (survives)
                {
                    image = Applied(image, write, () => luck != 4 || random.Next(3) > 0);
                }
                else if (write.Kind == DiskWriteKind.Delete)
                {
                    break; // The name still leads to the old file, whatever went into its successor.
                }
            }

            if (image is not null)
            {
                File.WriteAllBytes(Path.Combine(folder, name), image.ToArray());
            }
        }
    }

    /// <summary>
    /// A journaling file system writes every earlier change of a folder to its log before a sync of any file returns.
    /// </summary>
    private void CompleteDeletions()
    {
        foreach (var (name, pending) in _pending)
        {
            if (pending.FindLastIndex(write => write.Kind == DiskWriteKind.Delete) is >= 0 and var last)
            {
                _synced[name] = null;
                pending.RemoveRange(0, last + 1);
            }
        }
    }

    private static MemoryStream? Applied(MemoryStream? image, DiskWrite write, Func<bool> sectorSurvives)
    {
        if (write.Kind == DiskWriteKind.Delete)
        {
            return null;
        }

        image ??= new MemoryStream();
        if (write.Kind == DiskWriteKind.Truncate)
        {
            image.SetLength(write.Offset);
            return image;
        }

        var bytes = write.Bytes!;
        for (var start = 0; start < bytes.Length; start += Sector)
        {
            if (sectorSurvives())
            {
                image.Position = write.Offset + start;
                image.Write(bytes, start, Math.Min(Sector, bytes.Length - start));
            }
        }

        return image;
    }

    private static MemoryStream? Copy(MemoryStream? image)
    {
        if (image is null)
        {
            return null;
        }

        var copy = new MemoryStream();
        copy.Write(image.GetBuffer(), 0, (int)image.Length);
        return copy;
    }
}
