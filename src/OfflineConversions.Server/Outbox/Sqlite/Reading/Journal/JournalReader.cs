using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Outbox.Sqlite.Reading.Journal;

/// <summary>
/// Answers what became of events, each time from one snapshot. On a separate connection, so that a long search delays
/// no other list.
/// </summary>
internal sealed class JournalReader : IAsyncDisposable
{
    private readonly ReadConnection _reader;
    private readonly DigestScan _scan;
    private readonly StoredBlocks _blocks;
    private readonly DeliveryTrace _trace;
    private readonly OutcomeScan _outcomes;
    private readonly Statement _since;
    private readonly RollUpReader _rollUps;
    private readonly TimeProvider _time;

    public JournalReader(SqliteConnection connection, PayloadEncryption decryption, TimeProvider time)
    {
        _time = time;
        _reader = new ReadConnection(connection);
        _blocks = new StoredBlocks(_reader, decryption);
        _scan = new DigestScan(_reader);
        _trace = new DeliveryTrace(_reader);
        _outcomes = new OutcomeScan(_reader, _blocks);
        _since = _reader.Prepare(
            """
            SELECT min(ifnull((SELECT since FROM journal ORDER BY id LIMIT 1), ?1),
                ifnull((SELECT at FROM journal_fresh ORDER BY id LIMIT 1), ?1))
            """
        );
        _rollUps = new RollUpReader(_reader);
    }

    /// <summary>See <see cref="IJournal.FindAsync"/>.</summary>
    public ValueTask<JournalFinding> FindAsync(JournalSearch search, CancellationToken cancellationToken) =>
        _reader.ReadAsync(() => Find(search, cancellationToken), cancellationToken);

    /// <summary>See <see cref="IJournal.OutcomesAsync"/>.</summary>
    public ValueTask<OutcomePage> OutcomesAsync(OutcomeQuery query, CancellationToken cancellationToken) =>
        _reader.ReadAsync(() => _outcomes.Read(query, cancellationToken), cancellationToken);

    /// <summary>See <see cref="IJournal.RollUpsAsync"/>.</summary>
    public ValueTask<IReadOnlyList<RollUp>> RollUpsAsync(RollUpQuery query, CancellationToken cancellationToken) =>
        _reader.ReadAsync<IReadOnlyList<RollUp>>(() => _rollUps.Read(query), cancellationToken);

    public ValueTask DisposeAsync() => _reader.DisposeAsync();

    private JournalFinding Find(JournalSearch search, CancellationToken cancellationToken)
    {
        var arrivals = new List<JournalArrival>();
        foreach (var hits in _scan.Find(search, cancellationToken).GroupBy(hit => hit.Row))
        {
            if (_blocks.Read(hits.Key) is { } block)
            {
                var texts = _blocks.TextsOf(hits.Key);
                arrivals.AddRange(
                    hits.Where(hit => hit.Place < block.Events).Select(hit => Arrival(block, texts, hit.Place))
                );
            }
        }

        _since.Bind(1, _time.GetUtcNow().ToUnixTimeMilliseconds()).Read();
        return new JournalFinding(arrivals, _since.Time(0));
    }

    private JournalArrival Arrival(JournalBlock block, IReadOnlyDictionary<int, string> texts, int place)
    {
        var kind = block.Kinds[block.KindOf[place]];
        var places = block.PlacesOf(place);
        return new JournalArrival(
            block.EventIds[place],
            texts.GetValueOrDefault(place),
            block.TimeOf(place),
            kind,
            [
                .. kind.Targets.Select(
                    (target, at) => _trace.Follow(block.Lanes[target.Lane].Dataset, target.EventName, places[at])
                ),
            ]
        );
    }
}
