using System.Collections.Frozen;
using System.Text.Json;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// The legacy match keys: four are arrays, the others strings, and most are hashed. Source: Meta, "Offline Conversions
/// API", <c>match_keys</c>.
/// </summary>
internal static class MatchKeyRules
{
    public static readonly Rule Missing = new(
        "match_keys_missing",
        CustomerInformationRules.Subcode,
        "Missing Customer Information",
        "An offline event needs at least one match key."
    );
    public static readonly Rule ArrayExpected = Rule.General(
        "list_expected",
        "The match keys email, phone, st and zip must be arrays."
    );
    public static readonly Rule StringExpected = Rule.General(
        "text_expected",
        "Match keys other than email, phone, st and zip must be strings."
    );

    private static readonly FrozenDictionary<string, Func<JsonElement, Rule?>> Keys = new Dictionary<
        string,
        Func<JsonElement, Rule?>
    >(StringComparer.Ordinal)
    {
        ["email"] = HashedArray,
        ["phone"] = HashedArray,
        ["st"] = HashedArray,
        ["zip"] = HashedArray,
        ["gen"] = HashedString,
        ["doby"] = HashedString,
        ["dobm"] = HashedString,
        ["dobd"] = HashedString,
        ["fn"] = HashedString,
        ["ln"] = HashedString,
        ["fi"] = HashedString,
        ["f5first"] = HashedString,
        ["f5last"] = HashedString,
        ["ct"] = HashedString,
        ["country"] = HashedString,
        ["madid"] = HashedString,
        ["extern_id"] = ExternalId,
        ["lead_id"] = KeyForms.LeadId,
        ["appuid"] = KeyForms.NumberOrOpaqueId,
        ["pageuid"] = KeyForms.NumberOrOpaqueId,
        ["client_user_agent"] = KeyForms.Clear,
        ["fbc"] = KeyForms.ClickId,
        ["fbp"] = KeyForms.BrowserId,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static Violation? Check(EventCheck check)
    {
        if (!check.Has(check.Event, "match_keys", out var keys))
        {
            return Missing.At("match_keys");
        }

        return UserDataRules.Check(check, keys, "match_keys", Keys)
            ?? (
                keys.EnumerateObject().Any(key => Keys.ContainsKey(key.Name) && !EventCheck.IsEmpty(key.Value))
                    ? null
                    : Missing.At("match_keys")
            );
    }

    private static Rule? HashedArray(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? KeyForms.Hashed(value) : ArrayExpected;

    private static Rule? HashedString(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? StringExpected : KeyForms.Hashed(value);

    private static Rule? ExternalId(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? StringExpected : KeyForms.ExternalId(value);
}
