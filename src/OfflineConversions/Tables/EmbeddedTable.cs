namespace OfflineConversions.Tables;

/// <summary>
/// A table of data that is embedded in the assembly as a text file: one row per line, <c>#</c> before comments. The
/// file is in this folder.
/// </summary>
internal static class EmbeddedTable
{
    /// <summary>The rows of the file, in order.</summary>
    public static IEnumerable<string> Rows(string file)
    {
        using var resource = typeof(EmbeddedTable).Assembly.GetManifestResourceStream(typeof(EmbeddedTable), file)
            ?? throw new InvalidOperationException($"The assembly has no table {file}.");
        using var reader = new StreamReader(resource);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                yield return line;
            }
        }
    }

    /// <summary>The words of the file, which blanks and line ends separate.</summary>
    public static IEnumerable<string> Words(string file) => Rows(file).SelectMany(row => row.Split(' '));
}
