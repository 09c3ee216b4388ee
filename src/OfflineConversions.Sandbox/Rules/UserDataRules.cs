using System.Collections.Frozen;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// Each key of <c>user_data</c>: hashed where Meta wants a hash, clear where it must be. Source: Meta, "Customer
/// Information Parameters".
/// </summary>
internal static partial class UserDataRules
{
    public static readonly Rule NotHashed = Rule.General(
        "not_hashed",
        "This customer information must be hashed with SHA-256."
    );
    public static readonly Rule MustNotBeHashed = Rule.General(
        "must_not_be_hashed",
        "This customer information must not be hashed."
    );
    public static readonly Rule ClearEmail = Rule.General(
        "clear_email",
        "A clear e-mail address stands where an identifier belongs."
    );
    public static readonly Rule BadIpAddress = Rule.General(
        "bad_ip_address",
        "The client_ip_address is not a valid IPv4 or IPv6 address."
    );

    // Real traffic is full of made-up ids (the vendors' own samples are): Meta merely fails to match them, or refuses
    // them at whim.
    public static readonly Rule BadClickId = Rule.Remark(
        "bad_click_id",
        "should read fb.{index}.{creation time in milliseconds}.{id}"
    );
    public static readonly Rule BadLeadId = Rule.Remark(
        "bad_lead_id",
        "should be Meta's own id of 15 or 16 digits; Meta may refuse the batch for it (2804036)"
    );

    private static readonly FrozenDictionary<string, Func<JsonElement, Rule?>> Keys = new Dictionary<
        string,
        Func<JsonElement, Rule?>
    >(StringComparer.Ordinal)
    {
        ["em"] = Hashed,
        ["ph"] = Hashed,
        ["fn"] = Hashed,
        ["ln"] = Hashed,
        ["ge"] = Hashed,
        ["db"] = Hashed,
        ["ct"] = Hashed,
        ["st"] = Hashed,
        ["zp"] = Hashed,
        ["country"] = Hashed,
        ["fi"] = Hashed,
        ["f5first"] = Hashed,
        ["f5last"] = Hashed,
        ["doby"] = Hashed,
        ["dobm"] = Hashed,
        ["dobd"] = Hashed,
        ["external_id"] = ExternalId,
        ["client_ip_address"] = IpAddress,
        ["client_user_agent"] = Clear,
        ["fbc"] = ClickId,
        ["fbp"] = ClickId,
        ["lead_id"] = LeadId,
        ["madid"] = ClearList,
        ["anon_id"] = Clear,
        ["subscription_id"] = Clear,
        ["fb_login_id"] = Number,
        ["page_id"] = Number,
        ["page_scoped_user_id"] = Number,
        ["ctwa_clid"] = Clear,
        ["ig_account_id"] = Number,
        ["ig_sid"] = Number,
        ["instagram_business_account_id"] = Number,
        ["whatsapp_business_account_id"] = Number,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether Meta documents the key.</summary>
    public static bool Knows(string key) => Keys.ContainsKey(key);

    public static Violation? Check(Inspection inspection) =>
        inspection.Has(inspection.Event, "user_data", out var userData)
            ? Check(inspection, userData, "user_data", Keys)
            : null;

    /// <summary>Holds every key against its row of the table; a key that is not in it earns a remark.</summary>
    internal static Violation? Check(
        Inspection inspection,
        JsonElement keys,
        string parent,
        FrozenDictionary<string, Func<JsonElement, Rule?>> table
    )
    {
        foreach (var key in keys.EnumerateObject())
        {
            var path = parent + "." + key.Name;
            if (!table.TryGetValue(key.Name, out var check))
            {
                inspection.Note(path, "is not a parameter Meta documents");
            }
            else if (Inspection.IsEmpty(key.Value))
            {
                inspection.Note(path, "is empty and counts as absent");
            }
            else if (check(key.Value) is { } broken)
            {
                if (!broken.IsRemark)
                {
                    return broken.At(path);
                }

                inspection.Note(path, broken.Message);
            }
            else if (Hashes.Values(key.Value)?.Exists(Hashes.IsHashOfNothing) == true)
            {
                inspection.Note(path, "is the hash of an empty text");
            }
        }

        return null;
    }

    internal static Rule? Hashed(JsonElement value) =>
        Hashes.Values(value) switch
        {
            null => EventRules.WrongType,
            var values => values.TrueForAll(Hashes.IsHash) ? null : NotHashed,
        };

    internal static Rule? Clear(JsonElement value) =>
        value.ValueKind switch
        {
            not JsonValueKind.String => EventRules.WrongType,
            _ when Hashes.IsSha256(value.GetString()!) => MustNotBeHashed,
            _ => Hashes.IsEmail(value.GetString()!) ? ClearEmail : null,
        };

    // A person may have an iOS and an Android id.
    private static Rule? ClearList(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Select(Clear).FirstOrDefault(broken => broken is not null)
            : Clear(value);

    internal static Rule? Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? null : Clear(value);

    internal static Rule? ExternalId(JsonElement value) =>
        Hashes.Values(value) switch
        {
            null => EventRules.WrongType,
            var values => values.Exists(Hashes.IsEmail) ? ClearEmail : null,
        };

    internal static Rule? LeadId(JsonElement value) =>
        value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String) ? EventRules.WrongType
        : value.ToString() is { Length: 15 or 16 } id && id.All(char.IsAsciiDigit) ? null
        : BadLeadId;

    internal static Rule? ClickId(JsonElement value) =>
        value.ValueKind != JsonValueKind.String ? EventRules.WrongType
        : Hashes.IsSha256(value.GetString()!) ? MustNotBeHashed
        : ClickIdForm().IsMatch(value.GetString()!) ? null
        : BadClickId;

    private static Rule? IpAddress(JsonElement value)
    {
        if (Clear(value) is { } broken)
        {
            return broken;
        }

        var text = BuilderSuffix().Replace(value.GetString()!, "");
        // A bare number is an address to IPAddress, not to Meta.
        return text.AsSpan().ContainsAny('.', ':') && IPAddress.TryParse(text, out _) ? null : BadIpAddress;
    }

    [GeneratedRegex(@"^fb\.[0-9]+\.[0-9]{13}\.\S+\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ClickIdForm();

    /// <summary>What Meta's parameter builder appends. Source: Meta, "Parameter Builder Library".</summary>
    [GeneratedRegex(@"\.[A-Za-z0-9_-]{8}\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BuilderSuffix();
}
