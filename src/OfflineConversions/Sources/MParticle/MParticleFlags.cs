using System.Collections.Frozen;
using System.Text.Json;
using OfflineConversions.Json;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Sources.MParticle;

/// <summary>
/// The custom flags of an event that begin with <c>Facebook.</c>: those that mParticle's page names, and Meta's own
/// fields by their path (<c>Facebook.custom_data.status</c>). Case and underscores of Meta's own names do not matter.
/// Source: mParticle, "Facebook", Event custom flags.
/// </summary>
internal static class MParticleFlags
{
    private const string Prefix = "Facebook.";

    /// <summary>Flag to field. The first five stand on mParticle's page.</summary>
    public static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        ["browserid"] = "user_data.fbp",
        ["clickid"] = "user_data.fbc",
        ["clientuseragent"] = "user_data.client_user_agent",
        ["actionsource"] = "action_source",
        ["eventsourceurl"] = "event_source_url",
        ["userdata"] = "user_data",
        ["customdata"] = "custom_data",
        ["dataprocessingoptions"] = "data_processing_options",
        ["dataprocessingoptionscountry"] = "data_processing_options_country",
        ["dataprocessingoptionsstate"] = "data_processing_options_state",
    }
        .Concat(EventFields.OfEvent.Keys.Select(name => KeyValuePair.Create(Plain(name), name)))
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Reads the flags; anything but an object has none.</summary>
    public static MetaFields Read(JsonPart flags)
    {
        var fields = new MetaFields();
        if (flags.ValueKind != JsonValueKind.Object)
        {
            return fields;
        }

        foreach (var flag in flags.EnumerateObject())
        {
            if (
                JsonText.NameOf(flag) is { } name
                && name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
                && PathOf(name[Prefix.Length..]) is { } path
            )
            {
                fields.Add(path, ValueOf(flag.Value, path));
            }
        }

        return fields;
    }

    private static string? PathOf(string flag)
    {
        var parts = flag.Split('.', 2);
        return !Names.TryGetValue(Plain(parts[0]), out var field) ? null
            : parts.Length == 1 ? field
            : $"{field}.{parts[1]}";
    }

    // The Node SDK writes each flag as a list. A match key may have several values, and options are a list.
    private static JsonPart ValueOf(JsonPart value, string path) =>
        value.ValueKind == JsonValueKind.Array
        && value.GetArrayLength() == 1
        && !path.StartsWith("data_processing", StringComparison.Ordinal)
            ? value[0]
            : value;

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
