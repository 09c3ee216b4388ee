using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite.Journal;

/// <summary>
/// Joins the rows of small commits, so that a search reads few rows, and forgets what is too old or too much, the
/// oldest first. Both in slices, by the writer.
/// </summary>
internal sealed class JournalUpkeep : IDisposable
{
    private const int EnoughRows = 256;
    private const int EnoughEvents = 8192;
    private const int RowsPerSlice = 1024;
    private const int EventsPerRow = 32_768;
    private const int ForgottenPerSlice = 64;
    private const int TextsPerSlice = 32;

    private readonly PayloadEncryption _decryption;
    private readonly BlockRows _blocks;
    private readonly SettlementRows _settlements;
    private readonly RollUpRows _counts;
    private readonly Statement _fresh;
    private readonly Statement _deleteFresh;
    private readonly Statement _oldest;
    private readonly Statement _oldestFresh;
    private readonly Statement _delete;
    private readonly Statement _texts;
    private readonly Statement _deleteTexts;
    private readonly Statement _removeTexts;
    private long _settledUpTo;
    private long _prunedHour;

    public JournalUpkeep(
        SqliteConnection connection,
        PayloadEncryption decryption,
        BlockRows blocks,
        SettlementRows settlements,
        RollUpRows counts
    )
    {
        (_decryption, _blocks, _settlements, _counts) = (decryption, blocks, settlements, counts);
        _fresh = new Statement(
            connection,
            $"""
            SELECT id, total, event_ids, order_ids, content, events FROM journal_fresh ORDER BY id LIMIT {RowsPerSlice}
            """
        );
        _deleteFresh = new Statement(connection, "DELETE FROM journal_fresh WHERE id = ?1");
        _oldest = new Statement(connection, "SELECT id, until, total, last_chunk FROM journal ORDER BY id LIMIT 1");
        _oldestFresh = new Statement(
            connection,
            "SELECT id, at, total, last_chunk FROM journal_fresh ORDER BY id LIMIT 1"
        );
        _delete = new Statement(connection, "DELETE FROM journal WHERE id = ?1");
        _texts = new Statement(connection, "SELECT content, closed FROM journal_texts WHERE id = ?1");
        _deleteTexts = new Statement(connection, "DELETE FROM journal_texts WHERE id = ?1");
        _removeTexts = new Statement(
            connection,
            $"DELETE FROM journal_texts WHERE id IN (SELECT id FROM journal_texts WHERE id <= ?1 LIMIT {TextsPerSlice})"
        );
    }

    /// <summary>Does a slice of the work.</summary>
    /// <returns>The counters after it.</returns>
    public JournalCounters Run(JournalCounters counters, DateTimeOffset now, JournalLimits limits)
    {
        _counts.Join();
        counters = Forget(counters, now, limits);
        return counters.FreshRows >= EnoughRows || counters.FreshEvents >= EnoughEvents ? Join(counters) : counters;
    }

    /// <summary>Removes some of the ids in clear text.</summary>
    /// <returns>Whether there may be more.</returns>
    public bool RemoveTexts(long last) => _removeTexts.Bind(1, last).Execute() == TextsPerSlice;

    public void Dispose()
    {
        _fresh.Dispose();
        _deleteFresh.Dispose();
        _oldest.Dispose();
        _oldestFresh.Dispose();
        _delete.Dispose();
        _texts.Dispose();
        _deleteTexts.Dispose();
        _removeTexts.Dispose();
    }

    private JournalCounters Join(JournalCounters counters)
    {
        var joined = new JournalBlock();
        var rows = new List<long>();
        var (first, next, total) = (0L, 0L, 0L);
        var found = new List<FreshRow>();
        var events = 0L;
        while (events < 2 * EventsPerRow && _fresh.Read())
        {
            events += _fresh.Integer(5);
            found.Add(
                new FreshRow(
                    _fresh.Integer(0),
                    _fresh.Integer(1),
                    _fresh.Integer(5),
                    JournalFormat.Read(_fresh.Blob(2), _fresh.Blob(3), _fresh.Blob(4))
                )
            );
        }

        _fresh.Reset();
        foreach (var row in found)
        {
            // The arrivals of a row follow each other: another row may have come between two small ones.
            if (rows.Count > 0 && (row.Id != next || joined.Events + row.Events > EventsPerRow || row.Block is null))
            {
                Write();
            }

            if (row.Block is null)
            {
                _deleteFresh.Bind(1, row.Id).Execute();
                continue;
            }

            (first, total) = rows.Count == 0 ? (row.Id, row.Total) : (first, total);
            joined.Add(row.Block, TextsOf(row.Id));
            next = row.Id + row.Events;
            rows.Add(row.Id);
        }

        Write();
        return counters with
        {
            FreshRows = Math.Max(0, counters.FreshRows - found.Count),
            FreshEvents = Math.Max(0, counters.FreshEvents - events),
        };

        void Write()
        {
            if (rows.Count > 0)
            {
                foreach (var row in rows)
                {
                    _deleteFresh.Bind(1, row).Execute();
                    _deleteTexts.Bind(1, row).Execute();
                }

                _blocks.Insert(joined, first, total, isFresh: false);
                joined.Clear();
                rows.Clear();
            }
        }
    }

    private IReadOnlyList<JournalText> TextsOf(long id)
    {
        var texts = _texts.Bind(1, id).Read()
            ? StoredTexts.Read(_texts.Blob(0), _texts.Integer(1) != 0, _decryption)
            : [];
        _texts.Reset();
        return texts;
    }

    private JournalCounters Forget(JournalCounters counters, DateTimeOffset now, JournalLimits limits)
    {
        var before = now - limits.Retention;
        for (var left = ForgottenPerSlice; left > 0; left--)
        {
            if (
                Oldest() is not { } row
                || (row.Until >= before.ToUnixTimeMilliseconds() && counters.Total - row.Total <= limits.MaxBytes)
            )
            {
                break;
            }

            (row.IsFresh ? _deleteFresh : _delete).Bind(1, row.Id).Execute();
            _deleteTexts.Bind(1, row.Id).Execute();
            _settledUpTo = Math.Max(_settledUpTo, row.LastChunk);
            counters = row.IsFresh ? counters with { FreshRows = Math.Max(0, counters.FreshRows - 1) } : counters;
        }

        if (_settledUpTo > 0 && !_settlements.Prune(_settledUpTo))
        {
            _settledUpTo = 0;
        }

        if (RollUpChanges.HourOf(before) is var hour && hour != _prunedHour)
        {
            _counts.Prune(before);
            _settlements.PruneResolved(before);
            _prunedHour = hour;
        }

        return counters;
    }

    private OldRow? Oldest()
    {
        var (row, fresh) = (Read(_oldest, isFresh: false), Read(_oldestFresh, isFresh: true));
        return fresh is null || row?.Id < fresh.Value.Id ? row : fresh;
    }

    private static OldRow? Read(Statement oldest, bool isFresh)
    {
        OldRow? row = oldest.Read()
            ? new OldRow(oldest.Integer(0), oldest.Integer(1), oldest.Integer(2), oldest.Integer(3), isFresh)
            : null;
        oldest.Reset();
        return row;
    }

    private readonly record struct OldRow(long Id, long Until, long Total, long LastChunk, bool IsFresh);

    private readonly record struct FreshRow(long Id, long Total, long Events, JournalBlock? Block);
}
