using System.Collections.Frozen;

namespace OfflineConversions.Targets.Meta.Responses;

/// <summary>
/// Our own titles for Meta's errors, shown to operators. Meta's texts are never kept, because they are localised and
/// may quote event data.
/// </summary>
/// <remarks>
/// Sources: Meta, "Marketing API Error Codes" and "Handle Errors" for the codes; Meta, "Conversions API" (parameter
/// pages, "Business Messaging", "Offline Events") for the rules behind the subcodes of code 100.
/// </remarks>
internal static class MetaErrorTitles
{
    private const int InvalidParameter = 100;

    private static readonly FrozenDictionary<int, string> Codes = new Dictionary<int, string>
    {
        [1] = "Unknown error at Meta",
        [2] = "Meta's service is temporarily unavailable",
        [3] = "The app lacks a capability",
        [4] = "Request limit of the app reached",
        [10] = "Permission missing",
        [17] = "Request limit of the account reached",
        [32] = "Request limit of the page reached",
        [InvalidParameter] = "Invalid parameter",
        [102] = "Session invalid",
        [104] = "App secret proof missing or wrong",
        [190] = "Access token invalid",
        [200] = "Permission missing",
        [294] = "Permission missing",
        [341] = "Limit of the application reached",
        [368] = "Temporarily blocked for policy reasons",
        [506] = "Duplicate post",
        [613] = "Rate limit reached",
        [803] = "Unknown id",
        [2500] = "Unknown path",
        [5000] = "Unknown error at Meta",
        [21009] = "Dataset temporarily not ready for uploads",
    }.ToFrozenDictionary();

    /// <summary>Subcodes of code 190. Source: Meta, "Handle Errors".</summary>
    private static readonly FrozenDictionary<int, string> TokenSubcodes = new Dictionary<int, string>
    {
        [458] = "App not authorised by the user",
        [459] = "User has to pass a checkpoint",
        [460] = "Password changed since the token was issued",
        [463] = "Access token expired",
        [464] = "User account not confirmed",
        [467] = "Access token revoked or invalid",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<int, string> ParameterSubcodes = new Dictionary<int, string>
    {
        [33] = "Object missing or not accessible",
        [1815356] = "Offline events invalid",
        [2804001] = "Click id malformed",
        [2804003] = "Event time too old",
        [2804004] = "Event time in the future",
        [2804008] = "Content without id",
        [2804009] = "Purchase without value",
        [2804010] = "Purchase without currency",
        [2804016] = "Customer information not hashed",
        [2804019] = "Parameter missing or malformed",
        [2804023] = "Value without currency",
        [2804030] = "Limited Data Use choice missing",
        [2804036] = "Lead id invalid or deleted",
        [2804043] = "Operating system version missing",
        [2804050] = "Customer information insufficient",
        [2804063] = "Messaging channel missing",
        [2804064] = "Click id not allowed for messaging",
        [2804066] = "Event name not allowed for messaging",
        [2804069] = "Page id missing",
        [2804071] = "Messaging click id or user id missing",
        [2804072] = "Page id differs from the page of the click",
        [2804079] = "Instagram account id missing",
        [2804087] = "Messaging click id invalid",
        [2804116] = "Page id and WhatsApp account id missing",
        [2804118] = "Dataset belongs to another WhatsApp account",
        [2804131] = "No page linked to the dataset",
        [2804132] = "No WhatsApp account linked to the dataset",
    }.ToFrozenDictionary();

    /// <summary>The title of an error: that of its subcode, else that of its code; null if neither has one.</summary>
    public static string? Find(int code, int? subcode) =>
        (code, subcode) switch
        {
            (190, { } sub) when TokenSubcodes.TryGetValue(sub, out var title) => title,
            (InvalidParameter, { } sub) when ParameterSubcodes.TryGetValue(sub, out var title) => title,
            _ when code is >= 80000 and <= 80014 => "Business use case rate limit reached",
            _ => Codes.GetValueOrDefault(code),
        };
}
