using System.Globalization;
using System.Text.Json;

namespace OfflineConversions.Server.Configuration.Reading;

/// <summary>
/// The option <c>--config FILE</c>: JSON settings that override all other sources, the environment included.
/// </summary>
internal static class ConfigFile
{
    /// <summary>The option's name.</summary>
    public const string Option = "config";

    /// <summary>
    /// Adds the files that the arguments name, in order. A missing or invalid file is a problem, not an exception.
    /// </summary>
    public static void AddConfigFiles(
        this ConfigurationManager configuration,
        IReadOnlyList<string> args,
        ConfigurationProblems problems
    )
    {
        foreach (var file in Named(args))
        {
            if (string.IsNullOrWhiteSpace(file))
            {
                problems.Add("--config", "needs the path of a JSON file");
            }
            else if (!File.Exists(file))
            {
                problems.Add("--config", $"there is no file {Path.GetFullPath(file)}");
            }
            else
            {
                Add(configuration, Path.GetFullPath(file), problems);
            }
        }
    }

    private static void Add(ConfigurationManager configuration, string path, ConfigurationProblems problems)
    {
        try
        {
            configuration.AddJsonFile(path, optional: false, reloadOnChange: false);
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            problems.Add("--config", Explain(failure));
        }
    }

    /// <summary>
    /// The messages of a failed load from the outermost to the innermost, which has line and position. The parser's
    /// message is replaced, because it may quote the file.
    /// </summary>
    public static string Explain(Exception failure)
    {
        var messages = new List<string>();
        for (var current = failure; current is not null; current = current.InnerException!)
        {
            messages.Add(
                current is JsonException json
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"not valid JSON. LineNumber: {json.LineNumber} | BytePositionInLine: {json.BytePositionInLine}"
                    )
                    : current.Message.TrimEnd('.')
            );
        }

        return string.Join(": ", messages.Distinct(StringComparer.Ordinal));
    }

    private static IEnumerable<string?> Named(IReadOnlyList<string> args)
    {
        const string alone = "--" + Option;
        const string joined = alone + "=";
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i].StartsWith(joined, StringComparison.OrdinalIgnoreCase))
            {
                yield return args[i][joined.Length..];
            }
            else if (args[i].Equals(alone, StringComparison.OrdinalIgnoreCase))
            {
                yield return i + 1 < args.Count ? args[++i] : null;
            }
        }
    }
}
