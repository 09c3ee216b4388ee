using System.Text.Json;

namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// Finds clear-text e-mail addresses in <c>custom_data</c>, at any depth. Meta forbids personal data there ("Business
/// Tools Terms") and flags it later; the sandbox adds a note, so that a leak is noticed during testing.
/// </summary>
internal static class PersonalDataRules
{
    public static Violation? Check(EventCheck check)
    {
        if (check.Has(check.Event, "custom_data", out var custom) && Find(custom, "custom_data") is { } path)
        {
            check.Note(path, "contains a clear-text e-mail address, which Meta forbids");
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
            // A member's name is data too: the path must not quote a name that is itself an e-mail address.
            JsonValueKind.Object => value
                .EnumerateObject()
                .Select(member => Hashes.IsEmail(member.Name) ? path : Find(member.Value, path + "." + member.Name))
                .FirstOrDefault(found => found is not null),
            _ => null,
        };
}
