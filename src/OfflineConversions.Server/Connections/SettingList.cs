using System.Collections;
using System.Data.Common;
using System.Globalization;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Configuration.Secrets;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Connections;

/// <summary>
/// Every setting by its key, in a form that logs may show: two configurations can be compared without revealing a
/// secret. Immutable.
/// </summary>
internal sealed class SettingList
{
    private const string Connections = nameof(ServiceOptions.Connections) + ":";
    private const string None = "none";
    private const string Database = $"{nameof(ServiceOptions.Outbox)}:{nameof(OutboxOptions.ConnectionString)}";
    private const string DatabasePassword = $"{Database}:Password";

    /// <summary>The settings that a running process applies. All others need a restart.</summary>
    private static readonly string[] Applicable =
    [
        Connections,
        "Ingestion:RateLimit:",
        "Admin:ApiKey",
        "Admin:ReadKey",
        DatabasePassword,
    ];

    /// <summary>What connection strings call a password.</summary>
    private static readonly string[] PasswordNames = ["Password", "PSW", "PWD"];

    private readonly SortedDictionary<string, Setting> _all;

    private SettingList(SortedDictionary<string, Setting> all) => _all = all;

    /// <summary>Lists the settings of a configuration. A secret is represented by its digest.</summary>
    public static SettingList Of(ServiceOptions options)
    {
        var all = new SortedDictionary<string, Setting>(StringComparer.Ordinal);
        AddSection(all, string.Empty, options);
        if (options.Outbox is { ConnectionStringFile: not null, ConnectionString: { } database })
        {
            SetApartPassword(all, database);
        }

        return new SettingList(all);
    }

    /// <summary>The same list, in which the settings that need a restart have their previous values.</summary>
    public SettingList CarryOver(SettingList? previous) =>
        previous is null
            ? this
            : new SettingList(
                new SortedDictionary<string, Setting>(
                    _all.Where(entry => IsApplicable(entry.Key))
                        .Concat(previous._all.Where(entry => !IsApplicable(entry.Key)))
                        .ToDictionary(StringComparer.Ordinal),
                    StringComparer.Ordinal
                )
            );

    /// <summary>Whether both lists have the same settings for a connection, apart from its write keys.</summary>
    public bool HasSameConnection(SettingList other, string name) =>
        KeysThatDiffer(other)
            .All(key =>
                !key.StartsWith($"{Connections}{name}:", StringComparison.Ordinal)
                || key.StartsWith(
                    $"{Connections}{name}:{nameof(ConnectionOptions.WriteKeys)}",
                    StringComparison.Ordinal
                )
            );

    /// <summary>What changed since the previous settings, one line per setting.</summary>
    public SettingChanges ChangesSince(SettingList previous)
    {
        var differ = KeysThatDiffer(previous).ToLookup(IsApplicable, key => Line(key, previous));
        return new SettingChanges([.. differ[true].Distinct(StringComparer.Ordinal)], [.. differ[false]]);
    }

    /// <summary>The settings of a connection by name, without the text of secrets.</summary>
    public IEnumerable<KeyValuePair<string, string>> OfConnection(string name)
    {
        var start = $"{Connections}{name}:";
        return _all.Where(entry => entry.Key.StartsWith(start, StringComparison.Ordinal))
            .Select(entry => KeyValuePair.Create(entry.Key[start.Length..], entry.Value.Text));
    }

    private string Line(string key, SettingList previous)
    {
        if (key.StartsWith(Connections, StringComparison.Ordinal))
        {
            var connection = key[..key.IndexOf(':', Connections.Length)];
            if (!previous.Has(connection) || !Has(connection))
            {
                return $"{connection} {(Has(connection) ? "added" : "removed")}";
            }
        }

        return $"{key}: {previous.Text(key)} → {Text(key)}";
    }

    private IEnumerable<string> KeysThatDiffer(SettingList other) =>
        _all
            .Keys.Union(other._all.Keys, StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Where(key => _all.GetValueOrDefault(key) != other._all.GetValueOrDefault(key));

    private bool Has(string connection) =>
        _all.Keys.Any(key => key.StartsWith(connection + ":", StringComparison.Ordinal));

    private string Text(string key) => _all.GetValueOrDefault(key)?.Text ?? None;

    private static bool IsApplicable(string key) =>
        Array.Exists(Applicable, start => key.StartsWith(start, StringComparison.Ordinal));

    private static void AddSection(SortedDictionary<string, Setting> all, string path, object options)
    {
        foreach (var property in SettingNames.Settable(options.GetType()))
        {
            Add(all, path + property.Name, property.GetValue(options));
        }

        if (options is MappingOptions { Source: { } source } mapping)
        {
            Add(all, path + source.Name, mapping.SourceOptions);
        }
    }

    private static void Add(SortedDictionary<string, Setting> all, string key, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case Secret secret:
                all[key] = new Setting(Secret.Shown, Digest(secret));
                break;
            case List<Secret> secrets:
                all[key] = new Setting(
                    string.Create(CultureInfo.InvariantCulture, $"{Secret.Shown} ({secrets.Count})"),
                    string.Concat(secrets.Select(Digest).Order(StringComparer.Ordinal))
                );
                break;
            case IDictionary map:
                foreach (DictionaryEntry entry in map)
                {
                    if (ScalarSetting.IsScalar(entry.Value!.GetType()))
                    {
                        Add(all, $"{key}:{entry.Key}", entry.Value);
                    }
                    else
                    {
                        AddSection(all, $"{key}:{entry.Key}:", entry.Value);
                    }
                }

                break;
            case IList list:
                for (var i = 0; i < list.Count; i++)
                {
                    Add(all, string.Create(CultureInfo.InvariantCulture, $"{key}:{i}"), list[i]);
                }

                break;
            case var scalar when ScalarSetting.IsScalar(scalar.GetType()):
                var text = Convert.ToString(scalar, CultureInfo.InvariantCulture)!;
                all[key] = new Setting(text, text);
                break;
            default:
                AddSection(all, key + ":", value);
                break;
        }
    }

    /// <summary>
    /// The outbox reads the password in the file for each new connection, so only the rest of the connection string
    /// needs a restart.
    /// </summary>
    private static void SetApartPassword(SortedDictionary<string, Setting> all, Secret database)
    {
        var parts = new DbConnectionStringBuilder { ConnectionString = database.Reveal() };
        foreach (var name in PasswordNames)
        {
            if (parts.TryGetValue(name, out var password))
            {
                Add(all, DatabasePassword, new Secret($"{password}"));
                parts.Remove(name);
            }
        }

        Add(all, Database, new Secret(parts.ConnectionString));
    }

    private static string Digest(Secret secret) => new KeyDigest(secret.Reveal()).Text;

    /// <param name="Text">What may be shown.</param>
    /// <param name="Identity">What distinguishes two values: the text, or digests of secrets.</param>
    private sealed record Setting(string Text, string Identity);
}

/// <summary>The differences between two configurations, one line per setting.</summary>
/// <param name="Applicable">Changes that a running process applies.</param>
/// <param name="NeedRestart">Changes that need a restart.</param>
internal sealed record SettingChanges(IReadOnlyList<string> Applicable, IReadOnlyList<string> NeedRestart);
