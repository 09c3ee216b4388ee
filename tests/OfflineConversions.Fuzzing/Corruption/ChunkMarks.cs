using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Fuzzing.Corruption;

/// <summary>
/// Finds the bytes of compressed and encrypted chunks in the files of an outbox: every sixteen bytes of what SQLite
/// reads from a row.
/// </summary>
internal sealed class ChunkMarks
{
    private const int PieceBytes = 16;

    private readonly Dictionary<UInt128, string> _rounds = [];

    private ChunkMarks() { }

    /// <summary>No marks: the chunks of this outbox can be read as text.</summary>
    public static ChunkMarks None => new();

    /// <summary>Reads the rows of an outbox that is in use.</summary>
    /// <param name="file">The database file.</param>
    /// <param name="roundOf">What to call the round that stored the chunk with a number.</param>
    public static ChunkMarks Read(string file, Func<long, string> roundOf)
    {
        var marks = new ChunkMarks();
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var rows = new Statement(connection, "SELECT id, payload FROM chunks");
        while (rows.Read())
        {
            var (round, payload) = (roundOf(rows.Integer(0)), rows.Blob(1));
            for (var at = 0; at + PieceBytes <= payload.Length; at++)
            {
                marks._rounds[PieceAt(payload, at)] = round;
            }
        }

        return marks;
    }

    /// <summary>For each byte of a page, the round whose chunk has the bytes that begin there.</summary>
    public string?[] Of(ReadOnlySpan<byte> page)
    {
        var found = new string?[page.Length];
        for (var at = 0; _rounds.Count > 0 && at + PieceBytes <= page.Length; at++)
        {
            found[at] = _rounds.GetValueOrDefault(PieceAt(page, at));
        }

        return found;
    }

    private static UInt128 PieceAt(ReadOnlySpan<byte> bytes, int at) =>
        BinaryPrimitives.ReadUInt128LittleEndian(bytes[at..]);
}
