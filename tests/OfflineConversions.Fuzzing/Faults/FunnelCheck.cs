using System.Text.Json.Nodes;
using OfflineConversions.Fuzzing.Processes;

namespace OfflineConversions.Fuzzing.Faults;

/// <summary>
/// Whether the funnel agrees with the ledger. Both are written by the commits that they count, so kills do not separate
/// them. Each sale is for one dataset, so an accepted event is an accepted delivery.
/// </summary>
internal static class FunnelCheck
{
    public static async Task<IReadOnlyList<string>> ProblemsAsync(OperatorClient client)
    {
        var problems = new List<string>();
        var funnel = await client.CallAsync(HttpMethod.Get, "/api/funnel?bucket=day");
        foreach (var (connection, sums) in await client.LedgerAsync())
        {
            var (accepted, delivered) = (Sum(funnel, connection, "accepted"), Sum(funnel, connection, "delivered"));
            if (accepted != sums.Accepted || delivered != sums.Delivered)
            {
                problems.Add(
                    $"{connection}: the funnel says {accepted} accepted and {delivered} delivered, the ledger "
                        + $"{sums.Accepted} and {sums.Delivered}"
                );
            }
        }

        return problems;
    }

    private static long Sum(JsonNode funnel, string connection, string name) =>
        funnel["items"]!
            .AsArray()
            .Where(item => (string)item!["connection"]! == connection)
            .Sum(item => (long)item![name]!);
}
