using System.Globalization;
using System.Text.RegularExpressions;
using OfflineConversions.Fuzzing.Processes;

namespace OfflineConversions.Fuzzing.Faults;

/// <summary>
/// Whether the metrics of one life of the service, the funnel, the ledger and the sandbox agree. A kill ends the
/// counters of a process, so this compares how much each grew since the start of the latest one. Nothing waits when it
/// begins. Each sale is for one dataset, so an accepted event is an accepted delivery.
/// </summary>
internal sealed partial class TotalsCheck(OperatorClient client, SandboxProcess sandbox)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>A counter may be a moment behind the commit that it counts.</summary>
    private const int Readings = 10;

    private Dictionary<string, Totals> _funnel = [];
    private Dictionary<string, Totals> _ledger = [];
    private int _received;

    /// <summary>Notes where the totals begin. The service has just started, and nothing waits.</summary>
    public async Task BeginAsync()
    {
        await sandbox.ReadAsync();
        (_funnel, _ledger, _received) = (await FunnelAsync(), await LedgerAsync(), sandbox.Sales.Count);
    }

    /// <summary>What does not agree. Nothing waits again.</summary>
    public async Task<IReadOnlyList<string>> ProblemsAsync()
    {
        IReadOnlyList<string> problems = [];
        for (var reading = 0; reading < Readings; reading++)
        {
            await Task.Delay(Interval);
            problems = await CompareAsync();
            if (problems.Count == 0)
            {
                break;
            }
        }

        return problems;
    }

    private async Task<IReadOnlyList<string>> CompareAsync()
    {
        await sandbox.ReadAsync();
        var received = sandbox.Sales.Skip(_received).DistinctBy(sale => sale.Id).ToLookup(sale => sale.Dataset);
        var (metrics, funnel, ledger) = (await MetricsAsync(), await FunnelAsync(), await LedgerAsync());
        var problems = new List<string>();
        foreach (var source in SalesSource.All)
        {
            var grown = Grown(funnel, _funnel, source.Name);
            var counted = metrics.GetValueOrDefault(source.Name);
            var booked = Grown(ledger, _ledger, source.Name);
            var arrived = received[source.Dataset].Count();
            if (
                counted != grown
                || booked with { Received = grown.Received, Failed = grown.Failed } != grown
                || arrived != grown.Delivered
            )
            {
                problems.Add(
                    $"{source.Name}: the metrics say {counted}, the funnel {grown}, the ledger {booked}, and the "
                        + $"sandbox received {arrived}"
                );
            }
        }

        return problems;
    }

    private async Task<Dictionary<string, Totals>> FunnelAsync() =>
        (await client.CallAsync(HttpMethod.Get, "/api/funnel?bucket=day"))["items"]!
            .AsArray()
            .GroupBy(item => (string)item!["connection"]!, StringComparer.Ordinal)
            .ToDictionary(
                items => items.Key,
                items => new Totals(
                    items.Sum(item => (long)item!["received"]!),
                    items.Sum(item => (long)item!["accepted"]!),
                    items.Sum(item => (long)item!["delivered"]!),
                    items.Sum(item => item!["failed"]!.AsObject().Sum(failed => (long)failed.Value!))
                ),
                StringComparer.Ordinal
            );

    private async Task<Dictionary<string, Totals>> LedgerAsync() =>
        (await client.LedgerAsync()).ToDictionary(
            line => line.Key,
            line => new Totals(0, line.Value.Accepted, line.Value.Delivered, 0),
            StringComparer.Ordinal
        );

    private async Task<Dictionary<string, Totals>> MetricsAsync()
    {
        var totals = new Dictionary<string, Totals>(StringComparer.Ordinal);
        foreach (Match line in Sample.Matches(await client.TextAsync("/metrics")))
        {
            var (name, labels) = (line.Groups["name"].Value, line.Groups["labels"].Value);
            var value = (long)double.Parse(line.Groups["value"].Value, CultureInfo.InvariantCulture);
            var connection = Connection.Match(labels).Groups["name"].Value;
            var before = totals.GetValueOrDefault(connection);
            totals[connection] = name switch
            {
                "offlineconversions_delivery_events_delivered_total" => before with
                {
                    Delivered = before.Delivered + value,
                },
                "offlineconversions_delivery_events_failed_total" => before with { Failed = before.Failed + value },
                "offlineconversions_events_total" => before with
                {
                    Received = before.Received + value,
                    Accepted = before.Accepted + (labels.Contains("outcome=\"accepted\"") ? value : 0),
                },
                _ => before,
            };
        }

        return totals;
    }

    private static Totals Grown(Dictionary<string, Totals> now, Dictionary<string, Totals> before, string name)
    {
        var (end, begin) = (now.GetValueOrDefault(name), before.GetValueOrDefault(name));
        return new Totals(
            end.Received - begin.Received,
            end.Accepted - begin.Accepted,
            end.Delivered - begin.Delivered,
            end.Failed - begin.Failed
        );
    }

    [GeneratedRegex(
        """^(?<name>offlineconversions_\w+_total)\{(?<labels>[^}]*)\} (?<value>\S+)""",
        RegexOptions.Multiline
    )]
    private static partial Regex Sample { get; }

    [GeneratedRegex("""connection="(?<name>[^"]*)""")]
    private static partial Regex Connection { get; }

    /// <summary>What one record says of one connection.</summary>
    private readonly record struct Totals(long Received, long Accepted, long Delivered, long Failed);
}
