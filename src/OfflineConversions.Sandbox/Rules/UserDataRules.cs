using System.Collections.Frozen;
using System.Text.Json;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// The form of each key of <c>user_data</c>: which keys must be hashed and which must not. Source: Meta, "Customer
/// Information Parameters".
/// </summary>
internal static class UserDataRules
{
    private static readonly FrozenDictionary<string, Func<JsonElement, Rule?>> Keys = new Dictionary<
        string,
        Func<JsonElement, Rule?>
    >(StringComparer.Ordinal)
    {
        ["em"] = KeyForms.Hashed,
        ["ph"] = KeyForms.Hashed,
        ["fn"] = KeyForms.Hashed,
        ["ln"] = KeyForms.Hashed,
        ["ge"] = KeyForms.Hashed,
        ["db"] = KeyForms.Hashed,
        ["ct"] = KeyForms.Hashed,
        ["st"] = KeyForms.Hashed,
        ["zp"] = KeyForms.Hashed,
        ["country"] = KeyForms.Hashed,
        ["fi"] = KeyForms.Hashed,
        ["f5first"] = KeyForms.Hashed,
        ["f5last"] = KeyForms.Hashed,
        ["doby"] = KeyForms.Hashed,
        ["dobm"] = KeyForms.Hashed,
        ["dobd"] = KeyForms.Hashed,
        ["external_id"] = KeyForms.ExternalId,
        ["client_ip_address"] = KeyForms.IpAddress,
        ["client_user_agent"] = KeyForms.Clear,
        ["fbc"] = KeyForms.ClickId,
        ["fbp"] = KeyForms.BrowserId,
        ["lead_id"] = KeyForms.LeadId,
        ["madid"] = KeyForms.ClearOrArray,
        ["anon_id"] = KeyForms.OpaqueId,
        ["subscription_id"] = KeyForms.OpaqueId,
        ["fb_login_id"] = KeyForms.NumberOrOpaqueId,
        ["page_id"] = KeyForms.NumberOrOpaqueId,
        ["page_scoped_user_id"] = KeyForms.NumberOrOpaqueId,
        ["ctwa_clid"] = KeyForms.OpaqueId,
        ["ig_account_id"] = KeyForms.NumberOrOpaqueId,
        ["ig_sid"] = KeyForms.NumberOrOpaqueId,
        ["instagram_business_account_id"] = KeyForms.NumberOrOpaqueId,
        ["whatsapp_business_account_id"] = KeyForms.NumberOrOpaqueId,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static bool IsDocumented(string key) => Keys.ContainsKey(key);

    public static Violation? Check(EventCheck check) =>
        check.Has(check.Event, "user_data", out var userData) ? Check(check, userData, "user_data", Keys) : null;

    /// <summary>Checks every key against its row of the table; a key without a row gets a note.</summary>
    internal static Violation? Check(
        EventCheck check,
        JsonElement keys,
        string parent,
        FrozenDictionary<string, Func<JsonElement, Rule?>> table
    )
    {
        foreach (var key in keys.EnumerateObject())
        {
            var path = parent + "." + key.Name;
            if (!table.TryGetValue(key.Name, out var form))
            {
                check.Note(path, "is not a parameter Meta documents");
            }
            else if (EventCheck.IsEmpty(key.Value))
            {
                check.Note(path, "is empty and counts as absent");
            }
            else if (form(key.Value) is { } broken)
            {
                if (!broken.IsNote)
                {
                    return broken.At(path);
                }

                check.Note(path, broken.Message);
            }
            else if (Hashes.Values(key.Value)?.Exists(Hashes.IsHashOfEmptyString) == true)
            {
                check.Note(path, "is the hash of the empty string");
            }
        }

        return null;
    }
}
