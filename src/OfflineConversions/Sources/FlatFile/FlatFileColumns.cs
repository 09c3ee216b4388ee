using System.Collections.Frozen;
using System.Text;
using OfflineConversions.Json;
using OfflineConversions.Tables;

namespace OfflineConversions.Sources.FlatFile;

/// <summary>
/// Which column a header means: by the connection's own list, else by Meta's names and usual spellings.
/// </summary>
internal sealed class FlatFileColumns
{
    /// <summary>How a header of <c>custom_data</c> begins; the rest is the name there.</summary>
    public const string CustomPrefix = "custom_data.";

    /// <summary>The rank of a column that the configuration names: before every spelling.</summary>
    private const int Named = -1;

    /// <summary>An address for invoices is the customer's own more often than one for parcels.</summary>
    private const int RankOfPrefix = 1000;

    private static readonly string[] Prefixes =
    [
        "matchkeys",
        "userdata",
        "billing",
        "billingaddress",
        "billto",
        "bill",
        "customer",
        "ordercustomer",
        "contact",
        "buyer",
        "user",
        "kunden",
        "rechnungs",
        "client",
        "facturation",
        "shipping",
        "shippingaddress",
        "shipto",
        "ship",
        "delivery",
        "liefer",
        "livraison",
    ];

    private static readonly FrozenDictionary<string, ColumnMatch> Spellings = ReadSpellings();

    /// <summary>Meta's name of each column.</summary>
    public static readonly FrozenDictionary<string, FlatFileColumn> Names = Rows()
        .ToFrozenDictionary(row => row[1], row => Enum.Parse<FlatFileColumn>(row[0]), StringComparer.Ordinal);

    private static readonly FrozenDictionary<FlatFileColumn, string> NamesOf = Names.ToFrozenDictionary(
        name => name.Value,
        name => name.Key
    );

    private readonly TextTable<ColumnMatch> _matches;

    /// <summary>Every header that means something, reduced.</summary>
    public IReadOnlyCollection<string> Headers => _matches.Keys;

    public FlatFileColumns(FlatFileOptions options)
    {
        var matches = new Dictionary<string, ColumnMatch>(Spellings, StringComparer.Ordinal);
        foreach (var (header, column) in options.Columns)
        {
            matches[ColumnHeader.Reduce(header)] = MatchOf(column) ?? default;
        }

        if (options.EventIdColumn is { } id)
        {
            matches[ColumnHeader.Reduce(id)] = new ColumnMatch(FlatFileColumn.EventId, Named);
        }

        _matches = new(matches.ToFrozenDictionary(StringComparer.Ordinal));
    }

    /// <summary>
    /// What a name of ours means in the configuration; <see langword="null"/> if there is no such column. The empty
    /// name leaves a column out.
    /// </summary>
    public static ColumnMatch? MatchOf(string? column)
    {
        var name = column?.Trim() ?? "";
        if (name.Length == 0)
        {
            return ColumnMatch.LeftOut;
        }

        if (name.StartsWith(CustomPrefix, StringComparison.OrdinalIgnoreCase) && name.Length > CustomPrefix.Length)
        {
            return new ColumnMatch(null, Named, name[CustomPrefix.Length..]);
        }

        return Spellings.TryGetValue(ColumnHeader.Reduce(name), out var match) ? match with { Rank = Named } : null;
    }

    /// <summary>What the header of a cell means; the default where it means nothing.</summary>
    public ColumnMatch Find(JsonMember cell)
    {
        Span<char> header = stackalloc char[ColumnHeader.Longest];
        header = header[..ColumnHeader.Reduce(cell, header)];
        if (_matches.TryGetValue(header, out var match))
        {
            // A sign such as that of the euro is no part of the reduced header, and is never ASCII.
            return
                FlatFileRow.IsMoney(match.Column) && !Ascii.IsValid(cell.RawName) && JsonText.NameOf(cell) is { } sign
                ? match with
                {
                    Currency = HeaderUnit.Split(sign).Unit is { Length: > 0 } currency ? currency : null,
                }
                : match;
        }

        return SaleStatus.Of(header) is not SaleStatusColumn.None and var status
                ? new ColumnMatch(null, 0) { Status = status }
            : JsonText.NameOf(cell) is { } name ? FindOther(name)
            : default;
    }

    /// <summary>
    /// The name of ours for a header; empty if the column is left out, <see langword="null"/> if it means nothing.
    /// </summary>
    public string? NameOf(string header)
    {
        var match = _matches.TryGetValue(ColumnHeader.Reduce(header), out var known) ? known : FindOther(header);
        return match.Custom is { } custom ? CustomPrefix + custom
            : match.Column is { } column ? NamesOf[column]
            : match.IsLeftOut ? ""
            : null;
    }

    /// <summary>Whether the header means something, or the configuration leaves it out.</summary>
    public bool Knows(string header) => header.Length <= ColumnHeader.Longest && NameOf(header) is not null;

    // Most cells are in columns whose header is a known spelling, so this is rare.
    private ColumnMatch FindOther(string name)
    {
        if (name.StartsWith(CustomPrefix, StringComparison.OrdinalIgnoreCase) && name.Length > CustomPrefix.Length)
        {
            return new ColumnMatch(null, 0, name[CustomPrefix.Length..]);
        }

        var plain = HeaderUnit.Split(name);
        if (plain.Unit is not { } unit || !_matches.TryGetValue(ColumnHeader.Reduce(plain.Header), out var match))
        {
            return default;
        }

        return unit.Length == 0 ? match
            : FlatFileRow.IsMoney(match.Column) ? match with { Currency = unit }
            : match.Column == FlatFileColumn.EventTime && unit == HeaderUnit.Utc ? match with { IsUtc = true }
            : default;
    }

    private static IEnumerable<string[]> Rows() => EmbeddedTable.Rows("file-columns.txt").Select(row => row.Split(' '));

    private static FrozenDictionary<string, ColumnMatch> ReadSpellings()
    {
        var spellings = new Dictionary<string, ColumnMatch>(StringComparer.Ordinal);
        foreach (var row in Rows())
        {
            var column = Enum.Parse<FlatFileColumn>(row[0]);
            foreach (var (rank, spelling) in row[1..].Index())
            {
                spellings.TryAdd(ColumnHeader.Reduce(spelling), new ColumnMatch(column, rank));
            }
        }

        foreach (var (spelling, match) in spellings.ToArray())
        {
            if (match.Column is { } column && column <= FlatFileColumn.ClientUserAgent)
            {
                foreach (var (place, prefix) in Prefixes.Index())
                {
                    spellings.TryAdd(
                        prefix + spelling,
                        match with
                        {
                            Rank = (RankOfPrefix * (place + 1)) + match.Rank,
                        }
                    );
                }
            }
        }

        return spellings.ToFrozenDictionary(StringComparer.Ordinal);
    }
}

/// <summary>What a header means.</summary>
/// <param name="Column">The column; <see langword="null"/> for one of <c>custom_data</c> or none.</param>
/// <param name="Rank">Of two columns with the same meaning, the one with the lower rank wins.</param>
/// <param name="Custom">The name in <c>custom_data</c>.</param>
internal readonly record struct ColumnMatch(FlatFileColumn? Column, int Rank, string? Custom = null)
{
    /// <summary>A column that the configuration leaves out.</summary>
    public static ColumnMatch LeftOut { get; } = new(null, 0) { IsLeftOut = true };

    /// <summary>Whether the header says that its times are in UTC.</summary>
    public bool IsUtc { get; init; }

    /// <summary>Whether the configuration leaves the column out.</summary>
    public bool IsLeftOut { get; init; }

    /// <summary>What its cells say about the sale.</summary>
    public SaleStatusColumn Status { get; init; }

    /// <summary>The currency that the header names, as in <c>Total (EUR)</c>.</summary>
    public string? Currency { get; init; }
}
