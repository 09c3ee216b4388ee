using System.Text.Json;
using OfflineConversions.Conversions;

namespace OfflineConversions.Tests.Hashing;

/// <summary>
/// One fact: what a value of Meta's field normalises to and hashes to. No normalised form but a hash: the value is a
/// hash already. Neither: the key is dropped.
/// </summary>
public sealed record NormalizationRow(string Field, string Input, string? Normalized, string? Sha256)
{
    public MatchKey Key =>
        Field switch
        {
            "em" => MatchKey.Email,
            "ph" => MatchKey.Phone,
            "fn" => MatchKey.FirstName,
            "ge" => MatchKey.Gender,
            "db" => MatchKey.DateOfBirth,
            "ct" => MatchKey.City,
            "st" => MatchKey.State,
            "zp" => MatchKey.Zip,
            "country" => MatchKey.Country,
            _ => throw new InvalidOperationException(Field),
        };

    public static IReadOnlyList<NormalizationRow> All { get; } = Read();

    private static NormalizationRow[] Read()
    {
        using var file = typeof(NormalizationRow).Assembly.GetManifestResourceStream("normalization.json")!;
        return JsonSerializer.Deserialize<NormalizationRow[]>(file, JsonSerializerOptions.Web)!;
    }
}
