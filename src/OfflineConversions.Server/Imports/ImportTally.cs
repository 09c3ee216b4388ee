using OfflineConversions.Conversions;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Imports;

/// <summary>Adds up what came of rows. Pure, because a store may ask for the same step twice.</summary>
internal static class ImportTally
{
    /// <summary>The progress after more rows.</summary>
    /// <param name="before">The progress so far.</param>
    /// <param name="mapped">The rows.</param>
    /// <param name="outcomes">What came of each event.</param>
    /// <param name="mostListed">How many rejected rows an import lists.</param>
    /// <param name="rowsPerSecond">The rate of the run.</param>
    public static ImportStep Add(
        ImportProgress before,
        MappedRows mapped,
        IReadOnlyList<EventOutcome> outcomes,
        int mostListed,
        double rowsPerSecond
    )
    {
        var reasons = new Dictionary<string, long>(before.Reasons, StringComparer.Ordinal);
        var warnings = new Dictionary<string, long>(before.Warnings, StringComparer.Ordinal);
        var rejected = new List<RejectedRow>();
        Span<long> counts = stackalloc long[3];
        for (var index = 0; index < outcomes.Count; index++)
        {
            var (outcome, reason, codes, _, _) = outcomes[index];
            counts[(int)outcome]++;
            Count(reasons, reason);
            for (var code = 0; code < codes.Count; code++)
            {
                Count(warnings, codes[code]);
            }

            if (outcome == Outcome.Rejected && reason is not null)
            {
                rejected.Add(new RejectedRow(mapped.RowNumbers[index], RejectedColumn.Of(reason), reason));
            }
        }

        foreach (var (row, reason) in mapped.Unreadable)
        {
            counts[(int)Outcome.Rejected]++;
            Count(reasons, reason);
            rejected.Add(new RejectedRow(row, "", reason));
        }

        var isFirst = before.Position == 0;
        return new ImportStep(
            new ImportProgress
            {
                Rows = before.Rows + mapped.Rows,
                Position = mapped.Position,
                Digest = mapped.Digest,
                HeadPosition = isFirst ? mapped.Position : before.HeadPosition,
                HeadDigest = isFirst ? mapped.Digest : before.HeadDigest,
                Accepted = before.Accepted + counts[(int)Outcome.Accepted],
                Ignored = before.Ignored + counts[(int)Outcome.Ignored],
                Rejected = before.Rejected + counts[(int)Outcome.Rejected],
                Reasons = reasons,
                Warnings = warnings,
                RowsPerSecond = rowsPerSecond,
            },
            [.. rejected.OrderBy(row => row.Row).Take((int)Math.Max(0, mostListed - before.Rejected))]
        );
    }

    private static void Count(Dictionary<string, long> counts, string? code)
    {
        if (code is not null)
        {
            counts[code] = counts.GetValueOrDefault(code) + 1;
        }
    }
}
