using System.Globalization;
using System.Text;
using System.Text.Json;
using OfflineConversions.Hashing;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Tests.Outbox.Moving;

/// <summary>Everything that an operator can ask an outbox, as text, so that two stores can be compared.</summary>
internal static class OutboxAnswers
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Asks everything.</summary>
    public static async Task<string> AskAsync(IOutboxStore outbox)
    {
        var found = new List<object>();
        foreach (var id in FilledOutbox.Ids)
        {
            found.Add(await FindAsync(outbox, isOrder: false, id));
            found.Add(await FindAsync(outbox, isOrder: true, $"order of {id}"));
        }

        var import = (await outbox.FindImportAsync("november", default))!;
        return JsonSerializer.Serialize(
            new object[]
            {
                await outbox.LedgerAsync(default),
                await outbox.BacklogAsync(default),
                await outbox.LastDeliveriesAsync(default),
                (await outbox.FailedAsync(new FailedQuery(), default)).Select(one => new
                {
                    one.Id,
                    one.Destination,
                    one.FailedAt,
                    one.Attempts,
                    one.Burial,
                    Text = one.Text(),
                }),
                await outbox.FailedCausesAsync(new FailedSelection(), default),
                (await outbox.PendingAsync(new PendingQuery(), default)).Events.Select(one => new
                {
                    one.Destination,
                    one.AcceptedAt,
                    one.Attempts,
                    one.NextAttemptAt,
                    Text = one.Payload is { } payload ? Encoding.UTF8.GetString(payload.Span) : null,
                }),
                found,
                (await outbox.OutcomesAsync(new OutcomeQuery(), default)).Items.Select(one => new
                {
                    one.At,
                    one.EventId,
                    one.Event.Reason,
                    one.Event.EventName,
                }),
                await outbox.RollUpsAsync(new RollUpQuery(Some.Now.AddDays(-1), Some.Now.AddDays(9)), default),
                (await outbox.PausedAsync(default)).OrderBy(one => one.Connection, StringComparer.Ordinal),
                (await outbox.HaltsAsync(default)).OrderBy(one => one.Scope.Connection, StringComparer.Ordinal),
                import with
                {
                    Progress = ImportProgress.None,
                },
                import.Progress.Digest.ToString(CultureInfo.InvariantCulture),
                import.Progress.Reasons,
                await outbox.RejectedRowsAsync(import.Number, 0, 100, default),
                await outbox.AlertsAsync(default),
            },
            Indented
        );
    }

    private static async Task<object> FindAsync(IOutboxStore outbox, bool isOrder, string text)
    {
        var finding = await outbox.FindAsync(new JournalSearch(isOrder, ShortDigests.Of(text)), default);
        return finding
            .Arrivals.Select(one => new
            {
                one.EventId,
                one.ReceivedAt,
                one.Event.Connection,
                one.Event.EventName,
                Outcome = one.Event.Outcome.ToString(),
                one.Event.Reason,
                one.Deliveries,
            })
            .ToArray();
    }
}
