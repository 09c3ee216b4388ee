using System.Collections;
using System.Globalization;
using System.Reflection;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Configuration.Secrets;

namespace OfflineConversions.Server.Connections;

/// <summary>
/// Every setting by its key, as it may be shown: what differs between two configurations can be told without telling a
/// secret.
/// </summary>
internal sealed class SettingList
{
    private const string Connections = nameof(ServiceOptions.Connections) + ":";
    private const string None = "none";

    /// <summary>
    /// What a running process takes from a changed configuration. The rest is built into what was made of it at the
    /// start.
    /// </summary>
    private static readonly string[] Exchangeable = [Connections, "Ingestion:RateLimit:", "Admin:ApiKey"];

    private readonly SortedDictionary<string, Setting> _all = new(StringComparer.Ordinal);

    private SettingList() { }

    /// <summary>Those of a configuration. A secret is remembered by its digest.</summary>
    public static SettingList Of(ServiceOptions options)
    {
        var list = new SettingList();
        list.AddSection(string.Empty, options);
        return list;
    }

    /// <summary>The same list where only a restart changes a setting with the value it was started with.</summary>
    public SettingList TakeOver(SettingList? started)
    {
        if (started is null)
        {
            return this;
        }

        var list = new SettingList();
        foreach (
            var (key, setting) in _all.Where(entry => IsExchangeable(entry.Key))
                .Concat(started._all.Where(entry => !IsExchangeable(entry.Key)))
        )
        {
            list._all[key] = setting;
        }

        return list;
    }

    /// <summary>Whether a connection is the same in both, its write keys apart: they are not its own affair.</summary>
    public bool SameConnection(SettingList other, string name) =>
        Differing(other)
            .All(key =>
                !key.StartsWith($"{Connections}{name}:", StringComparison.Ordinal)
                || key.StartsWith(
                    $"{Connections}{name}:{nameof(ConnectionOptions.WriteKeys)}",
                    StringComparison.Ordinal
                )
            );

    /// <summary>
    /// What differs in this list from what was before, one line a setting: what is exchanged at once, and what waits
    /// for a restart.
    /// </summary>
    public (IReadOnlyList<string> Exchanged, IReadOnlyList<string> Waiting) Since(SettingList before)
    {
        var (exchanged, waiting) = (new List<string>(), new List<string>());
        foreach (var key in Differing(before))
        {
            (IsExchangeable(key) ? exchanged : waiting).Add(Line(key, before));
        }

        return ([.. exchanged.Distinct(StringComparer.Ordinal)], waiting);
    }

    private string Line(string key, SettingList before)
    {
        if (key.StartsWith(Connections, StringComparison.Ordinal))
        {
            var connection = key[..key.IndexOf(':', Connections.Length)];
            if (!before.Holds(connection) || !Holds(connection))
            {
                return $"{connection} {(Holds(connection) ? "added" : "removed")}";
            }
        }

        return $"{key}: {before.Text(key)} → {Text(key)}";
    }

    private IEnumerable<string> Differing(SettingList other) =>
        _all
            .Keys.Union(other._all.Keys, StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Where(key => _all.GetValueOrDefault(key) != other._all.GetValueOrDefault(key));

    private bool Holds(string connection) =>
        _all.Keys.Any(key => key.StartsWith(connection + ":", StringComparison.Ordinal));

    private string Text(string key) => _all.GetValueOrDefault(key)?.Text ?? None;

    private static bool IsExchangeable(string key) =>
        Array.Exists(Exchangeable, start => key.StartsWith(start, StringComparison.Ordinal));

    private void AddSection(string path, object options)
    {
        foreach (
            var property in options
                .GetType()
                .GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => property.CanWrite)
        )
        {
            Add(path + property.Name, property.GetValue(options));
        }
    }

    private void Add(string key, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case Secret secret:
                _all[key] = new Setting(Secret.Shown, Digest(secret));
                break;
            case List<Secret> secrets:
                _all[key] = new Setting(
                    string.Create(CultureInfo.InvariantCulture, $"{Secret.Shown} ({secrets.Count})"),
                    string.Concat(secrets.Select(Digest).Order(StringComparer.Ordinal))
                );
                break;
            case IDictionary map:
                foreach (DictionaryEntry entry in map)
                {
                    AddSection($"{key}:{entry.Key}:", entry.Value!);
                }

                break;
            case IList list:
                for (var i = 0; i < list.Count; i++)
                {
                    Add(string.Create(CultureInfo.InvariantCulture, $"{key}:{i}"), list[i]);
                }

                break;
            default:
                AddScalarOrSection(key, value);
                break;
        }
    }

    private void AddScalarOrSection(string key, object value)
    {
        if (ScalarSetting.IsScalar(value.GetType()))
        {
            var text = Convert.ToString(value, CultureInfo.InvariantCulture)!;
            _all[key] = new Setting(text, text);
        }
        else
        {
            AddSection(key + ":", value);
        }
    }

    private static string Digest(Secret secret) => new KeyDigest(secret.Reveal()).Text;

    /// <param name="Text">What may be shown.</param>
    /// <param name="Identity">What tells two values apart.</param>
    private sealed record Setting(string Text, string Identity);
}
