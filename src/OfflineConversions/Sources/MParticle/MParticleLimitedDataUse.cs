using System.Collections.Frozen;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.MParticle;

/// <summary>
/// The CCPA limited data use flag. It is sent only for batches with country and state, and only for the states
/// of Meta's table. Source: Meta, "Data Processing Options".
/// </summary>
internal static class MParticleLimitedDataUse
{
    /// <summary>State by its two letters to Meta's number.</summary>
    public static readonly FrozenDictionary<string, int> States = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["ca"] = 1000,
        ["co"] = 1001,
        ["ct"] = 1002,
        ["fl"] = 1003,
        ["or"] = 1004,
        ["tx"] = 1005,
        ["mt"] = 1006,
        ["de"] = 1007,
        ["ne"] = 1008,
        ["nh"] = 1009,
        ["nj"] = 1010,
        ["mn"] = 1011,
        ["md"] = 1012,
        ["ri"] = 1013,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The flag for a batch, or <see langword="null"/> for no flag at all.</summary>
    public static DataProcessing? Of(JsonPart batch, FieldValues attributes, CcpaLimitedDataUse setting)
    {
        if (setting == CcpaLimitedDataUse.Never || (setting == CcpaLimitedDataUse.WhenOptedOut && !OptedOut(batch)))
        {
            return null;
        }

        return
            attributes.Text(Field.Country) is { } country
            && Normalize.Country(country) == "us"
            && attributes.Text(Field.State) is { } state
            && Normalize.State(state) is { } code
            && States.TryGetValue(code, out var number)
            ? new DataProcessing(["LDU"], Number.One, Number.Of(number))
            : null;
    }

    // "consented" under ccpa means that the person opted out of the sale of the data.
    private static bool OptedOut(JsonPart batch)
    {
        var ccpa = JsonText.Member(JsonText.Member(batch, "consent_state"), "ccpa");
        return JsonText.Of(JsonText.Member(JsonText.Member(ccpa, "data_sale_opt_out"), "consented")) == "true";
    }
}
