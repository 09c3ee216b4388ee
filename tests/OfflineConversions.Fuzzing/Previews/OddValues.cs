using System.Runtime.CompilerServices;
using System.Text.Json;

namespace OfflineConversions.Fuzzing.Previews;

/// <summary>
/// What real shops send where something else is expected, by the kind of field. The values are in
/// <c>odd-values.json</c> as JSON texts of their own, so that numbers and escapes reach the core as they are written.
/// </summary>
internal static class OddValues
{
    private static readonly JsonSerializerOptions Names = new(JsonSerializerDefaults.Web);
    private static readonly List<OddKind> Kinds = Read();

    // Fields that no vendor names, as shops add them to their events.
    private static readonly string[] UnknownNames =
    [
        "note",
        "comment",
        "email",
        "customer_email",
        "phone",
        "e-mail address",
        "first_name",
        "birthday",
        "password",
        "credit_card",
        "value",
        "currency",
        "content_ids",
        "num_items",
        "order_id",
        "event_id",
        "em",
        "user_data",
        "url",
        "search_string",
        "status",
        "äöü",
        "",
        "a.b",
        "__proto__",
        "delivery_category",
        "predicted_ltv",
    ];

    /// <summary>A value for the field: mostly one that is odd for its kind of field, sometimes any.</summary>
    public static string For(string name, Random random)
    {
        // The last kind has no names and is for all fields.
        var fitting = Kinds.First(kind => kind.Fits(name) || kind == Kinds[^1]);
        var chosen = random.Next(10) switch
        {
            0 => Kinds[^1],
            1 => Kinds[random.Next(Kinds.Count)],
            _ => fitting,
        };
        return chosen.Values[random.Next(chosen.Values.Count)];
    }

    /// <summary>A member that the event did not have.</summary>
    public static string Member(Random random)
    {
        var name = $"\"{UnknownNames[random.Next(UnknownNames.Length)]}\"";
        return $"{name}:{For(name, random)}";
    }

    private static List<OddKind> Read([CallerFilePath] string file = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(file)!, "odd-values.json");
        return JsonSerializer.Deserialize<List<OddKind>>(File.ReadAllText(path), Names)!;
    }

    private sealed record OddKind(string Kind, IReadOnlyList<string> Names, IReadOnlyList<string> Values)
    {
        public bool Fits(string name) => Names.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase));
    }
}
