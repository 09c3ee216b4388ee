using System.Text.Json;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// No clear e-mail address in <c>custom_data</c>, at any depth. Meta forbids personal data there ("Business Tools
/// Terms") and flags it afterwards; the sandbox remarks on it, so that a leak is seen before it happens.
/// </summary>
internal static class PersonalDataRules
{
    public static Violation? Check(Inspection inspection)
    {
        if (inspection.Has(inspection.Event, "custom_data", out var custom) && Find(custom, "custom_data") is { } path)
        {
            inspection.Note(path, "holds a clear e-mail address, which Meta forbids");
        }

        return null;
    }

    private static string? Find(JsonElement value, string path) =>
        value.ValueKind switch
        {
            JsonValueKind.String => Hashes.IsEmail(value.GetString()!) ? path : null,
            JsonValueKind.Array => value
                .EnumerateArray()
                .Select(item => Find(item, path + "[]"))
                .FirstOrDefault(found => found is not null),
            // A member's name is data too, so the path stops above it where the name itself gives something away.
            JsonValueKind.Object => value
                .EnumerateObject()
                .Select(member => Hashes.IsEmail(member.Name) ? path : Find(member.Value, path + "." + member.Name))
                .FirstOrDefault(found => found is not null),
            _ => null,
        };
}
