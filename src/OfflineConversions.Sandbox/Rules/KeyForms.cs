using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// The forms that a match key may have, each as a function that returns the broken rule or null. Source: Meta,
/// "Customer Information Parameters".
/// </summary>
internal static partial class KeyForms
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
        "An identifier is a clear-text e-mail address."
    );
    public static readonly Rule BadIpAddress = Rule.General(
        "bad_ip_address",
        "The client_ip_address is not a valid IPv4 or IPv6 address."
    );

    public static readonly Rule BadClickId = new(
        "bad_click_id",
        2804001,
        "Click ID Incorrectly Formatted",
        "The fbc must have the form fb.{index}.{creation time in milliseconds}.{click id}."
    );

    // Meta's page says 15 or 16 digits; longer ids exist.
    public static readonly Rule BadLeadId = new(
        "bad_lead_id",
        2804036,
        "Invalid Lead ID",
        "The lead_id must be Meta's lead id of 15 to 17 digits."
    );

    public static readonly Rule LooksHashed = Rule.NoteOnly(
        "looks_hashed",
        "must not be hashed, and looks like a hash"
    );

    // Meta has not been seen to refuse one.
    public static readonly Rule BadBrowserId = Rule.NoteOnly(
        "bad_browser_id",
        "should have the form fb.{index}.{creation time in milliseconds}.{random number}"
    );

    public static Rule? Hashed(JsonElement value) =>
        Hashes.Values(value) switch
        {
            null => EventRules.WrongType,
            var values => values.TrueForAll(Hashes.IsHash) ? null : NotHashed,
        };

    public static Rule? Clear(JsonElement value) =>
        value.ValueKind switch
        {
            not JsonValueKind.String => EventRules.WrongType,
            _ when Hashes.IsSha256(value.GetString()!) => MustNotBeHashed,
            _ => Hashes.IsEmail(value.GetString()!) ? ClearEmail : null,
        };

    /// <summary>An id of Meta's that is never hashed. Its form is not documented, so it may look like a hash.</summary>
    public static Rule? OpaqueId(JsonElement value) =>
        value.ValueKind switch
        {
            not JsonValueKind.String => EventRules.WrongType,
            _ when Hashes.IsEmail(value.GetString()!) => ClearEmail,
            _ => Hashes.IsSha256(value.GetString()!) ? LooksHashed : null,
        };

    /// <summary>One clear value or several: a person may have both an iOS and an Android advertising id.</summary>
    public static Rule? ClearOrArray(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Select(Clear).FirstOrDefault(broken => broken is not null)
            : Clear(value);

    public static Rule? NumberOrOpaqueId(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number ? null : OpaqueId(value);

    public static Rule? ExternalId(JsonElement value) =>
        Hashes.Values(value) switch
        {
            null => EventRules.WrongType,
            var values => values.Exists(Hashes.IsEmail) ? ClearEmail : null,
        };

    public static Rule? LeadId(JsonElement value) =>
        value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String) ? EventRules.WrongType
        : value.ToString() is { Length: >= 15 and <= 17 } id && id.All(char.IsAsciiDigit) ? null
        : BadLeadId;

    public static Rule? ClickId(JsonElement value) =>
        value.ValueKind != JsonValueKind.String ? EventRules.WrongType
        : Hashes.IsSha256(value.GetString()!) ? MustNotBeHashed
        : CookieForm().IsMatch(value.GetString()!) ? null
        : BadClickId;

    public static Rule? BrowserId(JsonElement value) =>
        ClickId(value) is { } broken
            ? broken == BadClickId
                ? BadBrowserId
                : broken
            : null;

    public static Rule? IpAddress(JsonElement value)
    {
        if (Clear(value) is { } broken)
        {
            return broken;
        }

        var text = BuilderAppendix().Replace(value.GetString()!, "");
        // IPAddress parses a bare number; Meta does not accept one.
        return text.AsSpan().ContainsAny('.', ':') && IPAddress.TryParse(text, out _) ? null : BadIpAddress;
    }

    /// <summary>
    /// The id has no dot. The parameter builder appends one of six codes, or any eight characters. Source: Meta,
    /// "Parameter Builder Library".
    /// </summary>
    [GeneratedRegex(
        @"^fb\.[0-9]+\.[0-9]+\.[^.\s]+(\.(A[Qgw]|B[AQg]|[^.\s]{8}))?\z",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex CookieForm();

    /// <summary>What Meta's parameter builder appends. Source: Meta, "Parameter Builder Library".</summary>
    [GeneratedRegex(@"\.[A-Za-z0-9_-]{8}\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BuilderAppendix();
}
