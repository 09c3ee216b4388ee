using System.Text;

namespace OfflineConversions.Cli.Service;

/// <summary>
/// The operator's key, from a file or an environment variable. Never from an argument: arguments end up in the
/// shell's history and in the list of processes.
/// </summary>
internal static class OperatorKey
{
    /// <summary>The environment variable with the key.</summary>
    public const string Variable = "OFFLINE_CONVERSIONS_KEY";

    /// <summary>The environment variable with the path of a file that holds the key.</summary>
    public const string FileVariable = "OFFLINE_CONVERSIONS_KEY_FILE";

    private const int LongestFile = 64 * 1024;

    /// <summary>Reads the key.</summary>
    /// <returns>Null if none is set: in Development, the same machine needs none.</returns>
    public static Result<string?> Read(string? fileOption, Func<string, string?> variable)
    {
        var path = !string.IsNullOrWhiteSpace(fileOption) ? fileOption : null;
        if (path is null && variable(Variable) is { } given && !string.IsNullOrWhiteSpace(given))
        {
            return Checked(given.Trim(), $"The key in {Variable}");
        }

        path ??= variable(FileVariable);
        return string.IsNullOrWhiteSpace(path) ? (string?)null : FromFile(path);
    }

    private static Result<string?> FromFile(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var text = new StreamReader(file, Encoding.UTF8);
            var block = new char[LongestFile];
            var length = text.ReadBlock(block);
            var key = new string(block, 0, length).Trim();
            return key.Length == 0
                ? new Failure(ExitCode.Usage, $"The key file {path} is empty.")
                : Checked(key, $"The key file {path}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new Failure(ExitCode.Usage, $"The key file {path} cannot be read.", unreadable.Message);
        }
    }

    // The message must not show the key: it may be a password that was pasted into the wrong place.
    private static Result<string?> Checked(string key, string where) =>
        key.All(letter => letter is > ' ' and <= '~')
            ? key
            : new Failure(ExitCode.Usage, $"{where} holds blanks or characters that no key has.");
}
