namespace OfflineConversions.Server.Tests.Outbox.Sqlite;

/// <summary>
/// Damage that SQLite itself finds when it reads a row: the pages of a long payload lead out of the file.
/// </summary>
internal static class BrokenChain
{
    private const int PageBytes = 4096;

    /// <summary>Breaks the first page that holds one letter only. The outbox may be open.</summary>
    public static void Make(string path, char letter)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var page = new byte[PageBytes];
        for (var at = 0L; at < file.Length; at += PageBytes)
        {
            file.Position = at;
            file.ReadExactly(page);
            if (page.AsSpan(4).IndexOfAnyExcept((byte)letter) < 0)
            {
                file.Position = at;
                file.Write([0x7F, 0xFF, 0xFF, 0xFF]);
                return;
            }
        }

        throw new InvalidOperationException("No payload has such a page.");
    }
}
