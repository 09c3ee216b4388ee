using OfflineConversions.Conversions;

namespace OfflineConversions.Sources.FlatFile;

/// <summary>Who a row is about.</summary>
internal static class FlatFilePerson
{
    private static readonly (MatchKey Key, FlatFileColumn Column)[] Keys =
    [
        (MatchKey.FirstName, FlatFileColumn.FirstName),
        (MatchKey.LastName, FlatFileColumn.LastName),
        (MatchKey.City, FlatFileColumn.City),
        (MatchKey.State, FlatFileColumn.State),
        (MatchKey.Zip, FlatFileColumn.Zip),
        (MatchKey.Country, FlatFileColumn.Country),
        (MatchKey.MobileAdvertiserId, FlatFileColumn.MobileAdvertiserId),
        (MatchKey.ExternalId, FlatFileColumn.ExternalId),
        (MatchKey.LeadId, FlatFileColumn.LeadId),
        (MatchKey.ClickId, FlatFileColumn.ClickId),
        (MatchKey.BrowserId, FlatFileColumn.BrowserId),
        (MatchKey.ClientIpAddress, FlatFileColumn.ClientIpAddress),
        (MatchKey.ClientUserAgent, FlatFileColumn.ClientUserAgent),
    ];

    /// <summary>Adds every match key of the row.</summary>
    public static void AddTo(MatchKeys keys, FlatFileRow row)
    {
        if (IsTotal(row))
        {
            return;
        }

        AddEach(keys, MatchKey.Email, row.Texts(FlatFileColumn.Email));
        AddEach(keys, MatchKey.Phone, row.Texts(FlatFileColumn.Phone));
        foreach (var (key, column) in Keys)
        {
            keys.Add(key, row.Text(column));
        }

        keys.Add(MatchKey.Gender, GenderOf(row.Text(FlatFileColumn.Gender)));
        AddBirthdate(keys, row);
        AddName(keys, row.Text(FlatFileColumn.Name));
    }

    // The last line of an export often adds up the others: its label is not an order number or a name.
    private static bool IsTotal(FlatFileRow row)
    {
        if (row.Text(FlatFileColumn.Email) is not null || row.Text(FlatFileColumn.Phone) is not null)
        {
            return false;
        }

        foreach (var cell in row.Part.EnumerateObject())
        {
            if (CellText.Of(cell.Value) is { Length: <= ColumnHeader.Longest } text)
            {
                return ColumnHeader.Reduce(text)
                    is "total"
                        or "totals"
                        or "grandtotal"
                        or "subtotal"
                        or "sum"
                        or "summe"
                        or "gesamt"
                        or "gesamtsumme"
                        or "zwischensumme"
                        or "totalgeneral"
                        or "totaux"
                        or "somme"
                        or "totale"
                        or "totaal"
                        or "suma";
            }
        }

        return false;
    }

    private static void AddEach(MatchKeys keys, MatchKey key, IEnumerable<string?> cells)
    {
        foreach (var cell in cells)
        {
            AddEach(keys, key, cell);
        }
    }

    private static void AddEach(MatchKeys keys, MatchKey key, string? cell)
    {
        if (
            cell?.Contains(';', StringComparison.Ordinal) == true
            || (key == MatchKey.Email && cell?.Contains(',') == true)
        )
        {
            keys.AddEach(key, cell.Split([';', ','], StringSplitOptions.TrimEntries));
        }
        else
        {
            keys.Add(key, cell);
        }
    }

    private static void AddBirthdate(MatchKeys keys, FlatFileRow row)
    {
        if (row.Text(FlatFileColumn.Birthdate) is { } date)
        {
            keys.Add(MatchKey.DateOfBirth, date);
        }
        else if (
            row.Text(FlatFileColumn.BirthYear) is { } year
            && row.Text(FlatFileColumn.BirthMonth) is { } month
            && row.Text(FlatFileColumn.BirthDay) is { } day
        )
        {
            keys.Add(MatchKey.DateOfBirth, $"{year}-{month.PadLeft(2, '0')}-{day.PadLeft(2, '0')}");
        }
    }

    // "Doe, Jane" has the last name first. With a first name of its own, the name is the last one.
    private static void AddName(MatchKeys keys, string? name)
    {
        if (name is null || (keys.Has(MatchKey.FirstName) && keys.Has(MatchKey.LastName)))
        {
            return;
        }

        var comma = name.IndexOf(',', StringComparison.Ordinal);
        if (keys.Has(MatchKey.FirstName))
        {
            keys.Add(MatchKey.LastName, name);
        }
        else if (comma > 0)
        {
            PersonName.AddMissing(keys, name[(comma + 1)..].Trim(), name[..comma].Trim());
        }
        else if (PersonName.Split(name) is (var first, { } last))
        {
            PersonName.AddMissing(keys, first, last);
        }
    }

    // German and French forms of address. Everything else is known to the normaliser.
    private static string? GenderOf(string? cell) =>
        cell?.Trim().TrimEnd('.').ToLowerInvariant() switch
        {
            "herr" or "hr" or "mannlich" or "männlich" or "monsieur" or "homme" or "masculin" or "h" => "m",
            "frau"
            or "fr"
            or "weiblich"
            or "w"
            or "madame"
            or "mme"
            or "mademoiselle"
            or "mlle"
            or "femme"
            or "féminin" => "f",
            _ => cell,
        };
}
