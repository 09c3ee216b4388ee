namespace OfflineConversions.Fuzzing.Corruption;

/// <summary>One random change of the files of an outbox.</summary>
internal static class Damage
{
    private const int Page = 4096;
    private const int WalHeader = 32;
    private const int Frame = Page + 24;

    /// <summary>Changes copies of the files.</summary>
    /// <returns>What was done, for the report.</returns>
    public static string Apply(ref byte[] database, ref byte[] wal, Random random)
    {
        var useWal = wal.Length > WalHeader && random.Next(2) == 0;
        var file = useWal ? wal.ToArray() : database.ToArray();
        var (place, region) = useWal ? PlaceInWal(file, random) : PlaceInDatabase(file, random);
        var kind = Change(ref file, place, random);
        (database, wal) = useWal ? (database, file) : (file, wal);
        return $"{(useWal ? "WAL" : "file")}, {region}, {kind} at {place}";
    }

    private static (int Place, string Region) PlaceInDatabase(byte[] file, Random random)
    {
        var page = random.Next(file.Length / Page) * Page;
        return random.Next(5) switch
        {
            0 => (random.Next(100), "header"),
            1 => (100 + random.Next(Page - 100), "schema"),
            2 => (Page + random.Next(Page), "pointer map"),
            3 => (page + random.Next(16), "head of a page"),
            _ => (page + random.Next(Page), "body of a page"),
        };
    }

    private static (int Place, string Region) PlaceInWal(byte[] wal, Random random)
    {
        var frame = WalHeader + (random.Next((wal.Length - WalHeader) / Frame) * Frame);
        return random.Next(3) switch
        {
            0 => (random.Next(WalHeader), "header"),
            1 => (frame + random.Next(24), "head of a frame"),
            _ => (frame + 24 + random.Next(Page), "page of a frame"),
        };
    }

    private static string Change(ref byte[] file, int place, Random random)
    {
        switch (random.Next(10))
        {
            case < 4:
                file[place] ^= (byte)(1 << random.Next(8));
                return "one bit";
            case < 6:
                file[place] = (byte)(file[place] + random.Next(1, 256));
                return "one byte";
            case < 8:
                random.NextBytes(file.AsSpan(place, Math.Min(random.Next(2, 200), file.Length - place)));
                return "a run";
            case 8:
                file.AsSpan(place / Page * Page, Math.Min(Page, file.Length - (place / Page * Page))).Clear();
                return "a zeroed page";
            default:
                file = file[..random.Next(file.Length - Math.Min(file.Length, 3 * Page), file.Length)];
                return "truncation";
        }
    }
}
