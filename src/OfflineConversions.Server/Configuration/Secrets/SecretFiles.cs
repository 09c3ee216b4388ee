using System.Text;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration.Reading;

namespace OfflineConversions.Server.Configuration.Secrets;

/// <summary>
/// Secrets that lie in files of their own, as containers mount them: each is read into the setting it stands for.
/// </summary>
internal sealed class SecretFiles(ConfigurationProblems problems)
{
    /// <summary>How large a file of secrets may be.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>The files a configuration names.</summary>
    public static IReadOnlyList<string> NamedIn(ServiceOptions options) =>
        [
            .. options
                .Connections.Values.SelectMany(connection =>
                    new[] { connection.WriteKeysFile, connection.AccessTokenFile, connection.AppSecretFile }
                )
                .Append(options.Admin.ApiKeyFile)
                .OfType<string>(),
        ];

    /// <summary>Reads all of them, and notes those that cannot be read.</summary>
    public void Read(ServiceOptions options)
    {
        options.Admin.ApiKey = Single(
            nameof(options.Admin),
            nameof(options.Admin.ApiKey),
            options.Admin.ApiKey,
            options.Admin.ApiKeyFile
        );
        foreach (var (name, connection) in options.Connections)
        {
            var path = $"{nameof(options.Connections)}:{name}";
            connection.AccessToken = Single(
                path,
                nameof(connection.AccessToken),
                connection.AccessToken,
                connection.AccessTokenFile
            );
            connection.AppSecret = Single(
                path,
                nameof(connection.AppSecret),
                connection.AppSecret,
                connection.AppSecretFile
            );
            if (connection.WriteKeysFile is { } file)
            {
                connection.WriteKeys.AddRange(
                    Lines($"{path}:{nameof(connection.WriteKeysFile)}", file).Select(line => new Secret(line))
                );
            }
        }
    }

    /// <summary>
    /// The one secret of a file. Beside one that is set otherwise it is a mistake: which of them should hold?
    /// </summary>
    private Secret? Single(string section, string setting, Secret? set, string? file)
    {
        if (file is null)
        {
            return set;
        }

        var key = $"{section}:{setting}File";
        if (set is not null)
        {
            problems.Add(key, $"and {setting} are both set; keep one of them");
            return set;
        }

        var lines = Lines(key, file);
        if (lines.Length > 1)
        {
            problems.Add(key, Told(file, "holds more than one line"));
        }

        return lines.Length > 0 ? new Secret(lines[0]) : new Secret(Unread);
    }

    // Stands for what could not be read, so that it is not told to be missing as well. A configuration with a problem
    // is never put to work.
    private const string Unread = "unread-secret";

    /// <summary>
    /// The lines that are not blank, without what surrounds them: editors end a file with a line break.
    /// </summary>
    private string[] Lines(string key, string file)
    {
        var (text, problem) = ReadText(file);
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (problem is not null || lines.Length == 0)
        {
            problems.Add(key, Told(file, problem ?? "is empty"));
        }

        return lines;
    }

    private static string Told(string file, string problem) =>
        IsPath(file)
            ? $"names {file}, which {problem}"
            : "is not the path of a file that can be found; write the file's path here, and the secret into the file";

    /// <summary>
    /// Whether a text is surely a path and may be repeated: something is there, or else the folder is that it names. A
    /// secret that was written in the path's place may hold slashes, and begin with one.
    /// </summary>
    private static bool IsPath(string file) =>
        !file.Any(char.IsControl)
        && (
            Path.Exists(file)
            || (
                Path.GetDirectoryName(file) is { Length: > 0 } folder
                && Directory.Exists(folder)
                && Path.GetDirectoryName(folder) is not null
            )
        );

    private static (string Text, string? Problem) ReadText(string file)
    {
        var (bytes, problem) = CappedFile.Read(file, MostBytes);
        try
        {
            return (new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF'), problem);
        }
        catch (DecoderFallbackException)
        {
            return (string.Empty, "is not a text in UTF-8");
        }
    }
}
