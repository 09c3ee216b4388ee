using System.Security.Cryptography;
using System.Text;
using OfflineConversions.Hashing;
using OfflineConversions.Json;
using OfflineConversions.Privacy;

namespace OfflineConversions.Sources.FlatFile;

/// <summary>
/// The id of an event in a file: the one in its column, else a digest of what its rows say. Order and separators of the
/// columns, encoding and spelling of headers make no difference. Where there is an order id, columns that mean nothing
/// make none either, so an export with another status has the same ids; without one, such a column may be all that
/// distinguishes two sales.
/// </summary>
internal static class FlatFileEventId
{
    private const int DigestBytes = 16;

    private static readonly FlatFileColumn[] Columns = Enum.GetValues<FlatFileColumn>();

    /// <summary>The id of an order.</summary>
    public static string Of(FlatFileOrder order)
    {
        if (order.First.Text(FlatFileColumn.EventId) is { } own)
        {
            return EmailFinder.FindsIn(own) ? Sha256Hex.Of(own) : own;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var row in order.Rows)
        {
            Add(hash, row);
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return Convert.ToHexStringLower(digest[..DigestBytes]);
    }

    private static void Add(IncrementalHash hash, FlatFileRow row)
    {
        foreach (var column in Columns)
        {
            if (row.Text(column) is { } text)
            {
                hash.AppendData([(byte)column]);
                Add(hash, text);
            }
        }

        foreach (var (name, value) in row.Custom.OrderBy(cell => cell.Name, StringComparer.Ordinal))
        {
            Add(hash, name);
            hash.AppendData(value.Utf8);
        }

        if (row.Other.Count > 0 && row.Text(FlatFileColumn.OrderId) is null)
        {
            foreach (
                var (name, value) in row
                    .Other.Select(cell => (Name: JsonText.NameOf(cell) ?? "", cell.Value))
                    .OrderBy(cell => cell.Name, StringComparer.Ordinal)
            )
            {
                Add(hash, name);
                hash.AppendData(value.Utf8);
            }
        }
    }

    private static void Add(IncrementalHash hash, string text)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(text));
        hash.AppendData([0]);
    }
}
