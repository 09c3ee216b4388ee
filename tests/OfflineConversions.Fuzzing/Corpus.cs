using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace OfflineConversions.Fuzzing;

/// <summary>
/// The inputs in the repository: valid samples, and every input that once broke something. A large one may be
/// compressed (<c>.gz</c>).
/// </summary>
internal static class Corpus
{
    /// <summary>The folder with the inputs of a target.</summary>
    public static string FolderOf(string target) => Path.Combine(Project(), "Corpus", target);

    /// <summary>The inputs of a target, by file name.</summary>
    public static IReadOnlyList<(string File, byte[] Input)> Of(string target) =>
        Directory.Exists(FolderOf(target))
            ?
            [
                .. Directory
                    .EnumerateFiles(FolderOf(target))
                    .Order(StringComparer.Ordinal)
                    .Select(file => (Path.GetFileName(file), Read(file))),
            ]
            : [];

    private static byte[] Read(string file)
    {
        var bytes = File.ReadAllBytes(file);
        if (!file.EndsWith(".gz", StringComparison.Ordinal))
        {
            return bytes;
        }

        using var unpacked = new MemoryStream();
        using var packed = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        packed.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    /// <summary>The folder of the tests.</summary>
    public static string Tests => Path.GetDirectoryName(Project())!;

    private static string Project([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
