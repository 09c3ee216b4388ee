using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Admin;

/// <summary><c>GET /api/outcomes</c>: the events that were ignored or rejected or have a warning.</summary>
internal static class OutcomesEndpoint
{
    public static void MapOutcomes(this IEndpointRouteBuilder api) =>
        api.MapGet("/outcomes", ListAsync)
            .WithMetadata(
                new ExampleRoute(
                    """
                    {"items":[{"at":"2026-11-21T12:00:00+00:00","connection":"stores","source":"file",
                      "eventId":"order-1000","eventName":"Order Completed","outcome":"rejected",
                      "reason":"missing_currency","warnings":[],"field":"custom_data.currency",
                      "remedy":"Send the currency, or set `DefaultCurrency`."}],"next":null}
                    """
                )
            )
            .Produces<ListPage<OutcomeItem>>()
            .ProducesValidationProblem()
            .WithSummary("The events that were ignored or rejected or have a warning, newest first.")
            .WithDescription(
                "Each names the rule, the field at fault and the remedy. `connection`, `outcome` (`accepted`, "
                    + "`ignored`, `rejected`), `reason`, `warning`, `eventName`, `from` (inclusive) and `to` "
                    + "(exclusive) select; several conditions select the events that meet all of them. A page "
                    + $"has `limit` events (default {ListQuery.DefaultLimit}, at most "
                    + $"{ListQuery.MostListed}); pass `next` as `cursor` "
                    + "for the next one. An `eventId` is null if it looks like personal data, and for every "
                    + "event before an erasure. Kept for `Journal:Retention`, across restarts."
            );

    private static async Task<IResult> ListAsync(
        HttpContext context,
        IJournal journal,
        string? connection,
        string? outcome,
        string? reason,
        string? warning,
        string? eventName,
        string? from,
        string? to,
        string? limit,
        string? cursor,
        CancellationToken cancellationToken
    )
    {
        var query = ListQuery.Read(context.Request.Query, out var problems);
        var selected = OutcomeOf(outcome);
        if (outcome is not null && selected is null)
        {
            problems["outcome"] = ["must be accepted, ignored or rejected"];
        }

        if (problems.Count > 0)
        {
            return Results.ValidationProblem(problems);
        }

        var page = await journal.OutcomesAsync(
            new OutcomeQuery(query.Limit)
            {
                Connection = connection,
                Outcome = selected,
                Reason = reason,
                Warning = warning,
                EventName = eventName,
                From = query.From,
                To = query.To,
                Before = query.Cursor,
            },
            cancellationToken
        );
        return Results.Ok(
            new ListPage<OutcomeItem>(
                [.. page.Items.Select(item => OutcomeItem.Of(item.At, item.EventId, item.Event))],
                ListQuery.CursorOf(page.Next)
            )
        );
    }

    /// <summary>The outcome of a name; <see langword="null"/> if there is none.</summary>
    public static Outcome? OutcomeOf(string? name) =>
        name switch
        {
            "accepted" => Outcome.Accepted,
            "ignored" => Outcome.Ignored,
            "rejected" => Outcome.Rejected,
            _ => null,
        };
}
