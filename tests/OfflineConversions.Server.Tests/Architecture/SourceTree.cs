using System.Text.RegularExpressions;

namespace OfflineConversions.Server.Tests.Architecture;

/// <summary>One file of code.</summary>
/// <param name="Path">Its path below the repository's folder, with forward slashes.</param>
/// <param name="Lines">Its lines.</param>
internal sealed record SourceFile(string Path, IReadOnlyList<string> Lines)
{
    /// <summary>The code without its comments.</summary>
    public string Code =>
        string.Join('\n', Lines.Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));
}

/// <summary>The repository's code as it is written, without what a build generates.</summary>
internal static partial class SourceTree
{
    /// <summary>Every file of code below a folder of the repository.</summary>
    public static IReadOnlyList<SourceFile> Below(string folder) =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(DocumentationPage.Root, folder), "*.cs", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(DocumentationPage.Root, file).Replace('\\', '/'))
                .Where(file => !Generated().IsMatch(file))
                .Order(StringComparer.Ordinal)
                .Select(file => new SourceFile(file, File.ReadAllLines(Path.Combine(DocumentationPage.Root, file)))),
        ];

    /// <summary>The names of the folders in a folder of the repository.</summary>
    public static IReadOnlyList<string> FoldersIn(string folder) =>
        [
            .. Directory
                .EnumerateDirectories(Path.Combine(DocumentationPage.Root, folder))
                .Select(path => Path.GetFileName(path)!)
                .Where(name => name is not ("bin" or "obj"))
                .Order(StringComparer.Ordinal),
        ];

    [GeneratedRegex("/(bin|obj)/", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Generated();
}
