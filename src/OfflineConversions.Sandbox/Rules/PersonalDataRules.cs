using System.Text.Json;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// No clear e-mail address in <c>custom_data</c>, at any depth. Meta forbids personal data there ("Business Tools Terms") and drops or flags it;
/// the sandbox refuses it, so that a leak is seen before it happens.
/// </summary>
internal static class PersonalDataRules
{
    public static readonly Rule PersonalData = Rule.General("personal_data", "The custom_data holds a clear e-mail address.");

    public static Violation? Check(Inspection inspection) =>
        inspection.Has(inspection.Event, "custom_data", out var custom) && Find(custom, "custom_data") is { } path ? PersonalData.At(path) : null;

    private static string? Find(JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.String => Hashes.IsEmail(value.GetString()!) ? path : null,
        JsonValueKind.Array => value.EnumerateArray().Select(item => Find(item, path + "[]")).FirstOrDefault(found => found is not null),
        // A member's name is data too, so the path stops above it where the name itself gives something away.
        JsonValueKind.Object => value.EnumerateObject().Select(member => Hashes.IsEmail(member.Name) ? path : Find(member.Value, path + "." + member.Name)).FirstOrDefault(found => found is not null),
        _ => null,
    };
}
