using OfflineConversions.Fuzzing.Processes;

namespace OfflineConversions.Fuzzing.Faults;

/// <summary>What the driver, the sandbox and the service's own ledger say at the end of a run.</summary>
/// <param name="Acknowledged">The connection of each acknowledged event, by its id.</param>
/// <param name="PerhapsTwice">Events that may have been accepted twice.</param>
/// <param name="Discarded">The ids of discarded events.</param>
/// <param name="Received">Every event that the sandbox accepted.</param>
/// <param name="Calls">Every request to the sandbox.</param>
/// <param name="Lives">The life of the service in which a token was used, by the token's fingerprint.</param>
/// <param name="Killed">The lives that a SIGKILL ended.</param>
/// <param name="Ledger">The service's ledger.</param>
internal sealed record Records(
    IReadOnlyDictionary<string, string> Acknowledged,
    IReadOnlySet<string> PerhapsTwice,
    IReadOnlyList<string> Discarded,
    IReadOnlyList<ReceivedSale> Received,
    IReadOnlyDictionary<long, ReceivedCall> Calls,
    IReadOnlyDictionary<string, int> Lives,
    IReadOnlySet<int> Killed,
    IReadOnlyDictionary<string, LedgerSums> Ledger
);

/// <summary>Compares the three records of a run.</summary>
internal sealed class Comparison
{
    private readonly Records _records;
    private readonly List<string> _problems = [];

    public Comparison(Records records)
    {
        _records = records;
        var byId = records.Received.ToLookup(sale => sale.Id, StringComparer.Ordinal);
        Arrived = byId.Count;
        CountLost(byId);
        CountForeign(byId);
        CountRepeats(byId);
        CheckLedger(byId);
    }

    /// <summary>Every broken promise.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Different events that the sandbox received.</summary>
    public int Arrived { get; }

    /// <summary>Acknowledged events that neither arrived nor were discarded.</summary>
    public int Lost { get; private set; }

    /// <summary>Receptions beyond the first, after a response that was lost.</summary>
    public int AfterLostResponse { get; private set; }

    /// <summary>Receptions beyond the first, after a kill.</summary>
    public int AfterKill { get; private set; }

    /// <summary>The most of them for one connection at one kill.</summary>
    public int MostAtOneKill { get; private set; }

    private void CountLost(ILookup<string, ReceivedSale> byId)
    {
        var discarded = _records.Discarded.ToHashSet(StringComparer.Ordinal);
        foreach (var (id, connection) in _records.Acknowledged)
        {
            if (!byId.Contains(id) && !discarded.Contains(id))
            {
                Lost++;
                _problems.Add($"{id} of {connection} was acknowledged and is lost");
            }
        }
    }

    private void CountForeign(ILookup<string, ReceivedSale> byId)
    {
        foreach (var same in byId)
        {
            if (!_records.Acknowledged.TryGetValue(same.Key, out var connection))
            {
                _problems.Add($"{same.Key} was received and never acknowledged");
                continue;
            }

            var dataset = SalesSource.All.First(source => source.Name == connection).Dataset;
            if (same.Any(sale => sale.Dataset != dataset))
            {
                _problems.Add($"{same.Key} was received by another dataset than that of {connection}");
            }

            if (same.Select(sale => sale.Payload).Distinct(StringComparer.Ordinal).Count() > 1)
            {
                _problems.Add($"{same.Key} was received under different payloads");
            }
        }
    }

    private void CountRepeats(ILookup<string, ReceivedSale> byId)
    {
        var atKills = new Dictionary<Kill, int>();
        foreach (var same in byId.Where(same => same.Skip(1).Any()))
        {
            foreach (var (first, second) in same.Zip(same.Skip(1)))
            {
                var (before, after) = (_records.Calls[first.Call], _records.Calls[second.Call]);
                var life = Life(before);
                if (before.Status is null || before.Duration >= Service.ResponseTimeout)
                {
                    AfterLostResponse++;
                }
                else if (life != Life(after) && _records.Killed.Contains(life))
                {
                    AfterKill++;
                    var kill = new Kill(life, first.Dataset);
                    atKills[kill] = atKills.GetValueOrDefault(kill) + 1;
                }
                else
                {
                    _problems.Add(
                        $"{same.Key} was received twice although the response to request {first.Call} (life {life}) "
                            + $"arrived; again in request {second.Call} (life {Life(after)})"
                    );
                }
            }
        }

        MostAtOneKill = atKills.Values.DefaultIfEmpty().Max();
        foreach (var (kill, events) in atKills.Where(kill => kill.Value > Service.MaxConcurrency * Service.BatchSize))
        {
            _problems.Add(
                $"{events} events of dataset {kill.Dataset} were sent again after the kill of life {kill.Life}"
            );
        }
    }

    private void CheckLedger(ILookup<string, ReceivedSale> byId)
    {
        foreach (var connection in _records.Acknowledged.GroupBy(sale => sale.Value, sale => sale.Key))
        {
            if (!_records.Ledger.TryGetValue(connection.Key, out var sums))
            {
                _problems.Add($"the ledger has no line for {connection.Key}");
                continue;
            }

            var ids = connection.ToHashSet(StringComparer.Ordinal);
            var discarded = _records.Discarded.Where(ids.Contains).ToList();
            var twice = _records.PerhapsTwice.Count(ids.Contains);
            var arrived = ids.Count(byId.Contains);
            var both = discarded.Distinct(StringComparer.Ordinal).Count(byId.Contains);
            Check(sums is { Pending: 0, Failed: 0, Expired: 0 }, "something is left");
            Check(sums.Accepted >= ids.Count && sums.Accepted <= ids.Count + twice, $"{ids.Count} acknowledged");
            Check(sums.Discarded == discarded.Count, $"{discarded.Count} discarded");
            Check(sums.Delivered == sums.Accepted - sums.Discarded, "the sums do not agree");
            Check(
                sums.Delivered >= arrived - both && sums.Delivered <= arrived + twice,
                $"{arrived} arrived, {both} of them discarded as well"
            );

            void Check(bool isTrue, string what)
            {
                if (!isTrue)
                {
                    _problems.Add($"the ledger of {connection.Key} is wrong: {what}, {sums}");
                }
            }
        }
    }

    private int Life(ReceivedCall call) => _records.Lives[call.Token!];

    /// <summary>The end of a life, as one dataset saw it.</summary>
    private sealed record Kill(int Life, string Dataset);
}
