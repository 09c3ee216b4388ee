using System.Collections.Frozen;
using System.Text.Json;
using OfflineConversions.Json;

namespace OfflineConversions.Sources.MParticle;

/// <summary>
/// mParticle's user identities, in the form that is posted (an object) and the form that mParticle forwards (a list of
/// <c>identity_type</c> and <c>identity</c>). Types are compared without case, blanks and underscores:
/// <c>customer_id</c>, <c>Customer ID</c> and the Node SDK's <c>customerid</c> are the same.
/// </summary>
internal static class MParticleIdentities
{
    /// <summary>The 22 identity types by wire name.</summary>
    public static readonly IReadOnlyList<string> Types =
    [
        "other",
        "customer_id",
        "facebook",
        "twitter",
        "google",
        "microsoft",
        "yahoo",
        "email",
        "alias",
        "facebook_custom_audience_id",
        "other_id_2",
        "other_id_3",
        "other_id_4",
        "other_id_5",
        "other_id_6",
        "other_id_7",
        "other_id_8",
        "other_id_9",
        "other_id_10",
        "mobile_number",
        "phone_number_2",
        "phone_number_3",
    ];

    // Display names and Firehose names that are more than another spelling of the wire name.
    private static readonly (string Name, string Type)[] Aliases =
    [
        ("customer", "customer_id"),
        ("facebook_audience_id", "facebook_custom_audience_id"),
        ("mobile", "mobile_number"),
        ("phone_number", "mobile_number"),
        .. Enumerable.Range(2, 9).Select(n => ($"other{n}", $"other_id_{n}")),
    ];

    private static readonly FrozenDictionary<string, string> ByName = Types
        .Select(type => (Name: type, Type: type))
        .Concat(Aliases)
        .ToFrozenDictionary(row => Key(row.Name), row => row.Type, StringComparer.Ordinal);

    /// <summary>
    /// The wire name of an identity type given by wire name, display name or SDK name; <see langword="null"/> for other
    /// names.
    /// </summary>
    public static string? TypeOf(string? name) => name is null ? null : ByName.GetValueOrDefault(Key(name));

    /// <summary>The values of one type.</summary>
    public static IEnumerable<string> Of(JsonPart identities, string type)
    {
        if (identities.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in identities.EnumerateObject())
            {
                if (TypeOf(JsonText.NameOf(property)) == type)
                {
                    foreach (var value in JsonText.Keys(property.Value))
                    {
                        yield return value;
                    }
                }
            }
        }
        else if (identities.ValueKind == JsonValueKind.Array)
        {
            foreach (var entry in identities.EnumerateArray())
            {
                if (
                    TypeOf(JsonText.Of(JsonText.Member(entry, "identity_type"))) == type
                    && JsonText.Key(JsonText.Member(entry, "identity")) is { } value
                )
                {
                    yield return value;
                }
            }
        }
    }

    private static string Key(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
}
