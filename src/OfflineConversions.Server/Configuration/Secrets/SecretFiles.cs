using System.Text;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration.Reading;

namespace OfflineConversions.Server.Configuration.Secrets;

/// <summary>
/// Reads secrets from separate files, as containers mount them, into the settings that they provide.
/// </summary>
internal sealed class SecretFiles(ConfigurationProblems problems)
{
    /// <summary>The largest allowed file.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>The files that a configuration names.</summary>
    public static IReadOnlyList<string> NamedIn(ServiceOptions options) =>
        [
            .. options
                .Connections.Values.SelectMany(connection =>
                    new[] { connection.WriteKeysFile, connection.AccessTokenFile, connection.AppSecretFile }
                )
                .Append(options.Admin.ApiKeyFile)
                .Append(options.Admin.ReadKeyFile)
                .Append(options.Outbox.ConnectionStringFile)
                .Concat(options.Alerts.Webhooks.Select(webhook => webhook.SecretFile))
                .OfType<string>(),
        ];

    /// <summary>Reads all of them and reports those that cannot be read.</summary>
    public void Read(ServiceOptions options)
    {
        options.Admin.ApiKey = Single(
            nameof(options.Admin),
            nameof(options.Admin.ApiKey),
            options.Admin.ApiKey,
            options.Admin.ApiKeyFile
        );
        options.Admin.ReadKey = Single(
            nameof(options.Admin),
            nameof(options.Admin.ReadKey),
            options.Admin.ReadKey,
            options.Admin.ReadKeyFile
        );
        options.Outbox.ConnectionString = Single(
            nameof(options.Outbox),
            nameof(options.Outbox.ConnectionString),
            options.Outbox.ConnectionString,
            options.Outbox.ConnectionStringFile
        );
        foreach (var (index, webhook) in options.Alerts.Webhooks.Index())
        {
            var path = $"{nameof(options.Alerts)}:{nameof(options.Alerts.Webhooks)}:{index}";
            webhook.SignWith(Single(path, "Secret", set: null, webhook.SecretFile));
        }

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
    /// The single secret of a file. Setting it directly as well is an error, because the two may differ.
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
            problems.Add(key, Message(file, "has more than one line"));
        }

        return lines.Length > 0 ? new Secret(lines[0]) : new Secret(Unread);
    }

    // Replaces a secret that could not be read, so that it is not also reported as missing. A configuration with a
    // problem is never used.
    private const string Unread = "unread-secret";

    /// <summary>
    /// The trimmed lines that are not blank. Editors end a file with a line break.
    /// </summary>
    private string[] Lines(string key, string file)
    {
        var (text, problem) = ReadText(file);
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (problem is not null || lines.Length == 0)
        {
            problems.Add(key, Message(file, problem ?? "is empty"));
        }

        return lines;
    }

    private static string Message(string file, string problem) =>
        IsPath(file)
            ? $"names {file}, which {problem}"
            : "is not the path of an existing file; write the path of the file here, and the secret into the file";

    /// <summary>
    /// Whether a text is certainly a path and may be repeated: it exists, or its folder does. A secret that was written
    /// in the place of the path may contain slashes and start with one.
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
            return (string.Empty, "is not UTF-8 text");
        }
    }
}
