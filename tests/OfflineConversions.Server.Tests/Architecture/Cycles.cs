namespace OfflineConversions.Server.Tests.Architecture;

/// <summary>
/// Finds folders that use each other. A folder and its subfolders are one module, so the files of a folder may use its
/// subfolders and the other way round; folders next to each other, at every level, must not form a cycle.
/// </summary>
internal static class Cycles
{
    /// <summary>Every cycle, as the two arrows that close it and the types behind them.</summary>
    public static IEnumerable<string> In(CompiledAssembly assembly)
    {
        var uses = assembly
            .Uses.Select(use => new Use(use.From.Folder, assembly.FolderOf(use.Namespace), $"{use.From} → {use.Name}"))
            .Where(use => use.To is not null)
            .ToList();
        var parents = uses.SelectMany(use => Ancestors(use.From!)).Distinct();
        return parents.SelectMany(parent =>
            In(
                uses.Select(use => new Use(Child(parent, use.From), Child(parent, use.To), use.Types))
                    .Where(use => use.From is not null && use.To is not null && use.From != use.To)
                    .ToLookup(use => use.From!, StringComparer.Ordinal)
            )
        );
    }

    private static IEnumerable<string> In(ILookup<string, Use> arrows) =>
        from arrow in arrows.SelectMany(arrow => arrow)
        where Reaches(arrows, arrow.To!, arrow.From!)
        group arrow.Types by $"{arrow.From} → {arrow.To}" into closing
        select $"{closing.Key} ({string.Join("; ", closing.Distinct().Take(3))})";

    private static bool Reaches(ILookup<string, Use> arrows, string from, string to)
    {
        var (seen, next) = (new HashSet<string>(StringComparer.Ordinal), new Stack<string>([from]));
        while (next.TryPop(out var folder))
        {
            if (folder == to)
            {
                return true;
            }

            foreach (var arrow in arrows[folder].Where(arrow => seen.Add(arrow.To!)))
            {
                next.Push(arrow.To!);
            }
        }

        return false;
    }

    /// <summary>The folders that contain the folder; the project itself is the empty one.</summary>
    private static IEnumerable<string> Ancestors(string folder)
    {
        for (var end = folder.LastIndexOf('.'); end > 0; end = folder.LastIndexOf('.', end - 1))
        {
            yield return folder[..end];
        }

        yield return string.Empty;
    }

    /// <summary>The folder directly in the parent that holds the folder, or <see langword="null"/>.</summary>
    private static string? Child(string parent, string? folder)
    {
        var prefix = parent.Length == 0 ? parent : parent + ".";
        return folder is null || folder.Length <= prefix.Length || !folder.StartsWith(prefix, StringComparison.Ordinal)
            ? null
            : prefix + folder[prefix.Length..].Split('.')[0];
    }

    private sealed record Use(string? From, string? To, string Types);
}
