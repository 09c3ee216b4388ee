using System.Collections.Frozen;
using System.Text.Json;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// The legacy keys: four are lists, the others texts, most are hashed. Source: Meta, "Offline Conversions API",
/// <c>match_keys</c>.
/// </summary>
internal static class MatchKeyRules
{
    public static readonly Rule Missing = new(
        "match_keys_missing",
        CustomerInformationRules.Subcode,
        "Missing Customer Information",
        "An offline event needs at least one of the match keys."
    );
    public static readonly Rule ListExpected = Rule.General(
        "list_expected",
        "The keys email, phone, st and zip are lists."
    );
    public static readonly Rule TextExpected = Rule.General(
        "text_expected",
        "Of the match keys only email, phone, st and zip are lists."
    );

    private static readonly FrozenDictionary<string, Func<JsonElement, Rule?>> Keys = new Dictionary<
        string,
        Func<JsonElement, Rule?>
    >(StringComparer.Ordinal)
    {
        ["email"] = HashedList,
        ["phone"] = HashedList,
        ["st"] = HashedList,
        ["zip"] = HashedList,
        ["gen"] = HashedText,
        ["doby"] = HashedText,
        ["dobm"] = HashedText,
        ["dobd"] = HashedText,
        ["fn"] = HashedText,
        ["ln"] = HashedText,
        ["fi"] = HashedText,
        ["f5first"] = HashedText,
        ["f5last"] = HashedText,
        ["ct"] = HashedText,
        ["country"] = HashedText,
        ["madid"] = HashedText,
        ["extern_id"] = Text,
        ["lead_id"] = UserDataRules.LeadId,
        ["appuid"] = UserDataRules.Number,
        ["pageuid"] = UserDataRules.Number,
        ["client_user_agent"] = UserDataRules.Clear,
        ["fbc"] = UserDataRules.ClickId,
        ["fbp"] = UserDataRules.ClickId,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static Violation? Check(Inspection inspection)
    {
        if (!inspection.Has(inspection.Event, "match_keys", out var keys))
        {
            return Missing.At("match_keys");
        }

        return UserDataRules.Check(inspection, keys, "match_keys", Keys)
            ?? (
                keys.EnumerateObject().Any(key => Keys.ContainsKey(key.Name) && !Inspection.IsEmpty(key.Value))
                    ? null
                    : Missing.At("match_keys")
            );
    }

    private static Rule? HashedList(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? UserDataRules.Hashed(value) : ListExpected;

    private static Rule? HashedText(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? TextExpected : UserDataRules.Hashed(value);

    private static Rule? Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? TextExpected : UserDataRules.ExternalId(value);
}
