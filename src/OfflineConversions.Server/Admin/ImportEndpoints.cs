using System.Globalization;
using System.Text;
using OfflineConversions.Server.Imports;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Admin;

/// <summary><c>/api/imports</c>: imports of files, their progress and their history.</summary>
internal static class ImportEndpoints
{
    private const int MostListed = 1000;
    private const int UsuallyListed = 100;
    private const int RejectedAtOnce = 1000;

    private const string Completed = """
        {"id":"november","connection":"stores","state":"completed","rows":1000,"accepted":994,"ignored":4,"rejected":2,
         "reasons":{"duplicate":4,"too_old":2},"warnings":{"property_not_sent":1000},"rowsPerSecond":21500.5,
         "startedAt":"2026-11-28T12:00:00+00:00","endedAt":"2026-11-28T12:00:01+00:00","dryRun":false,
         "by":"10.0.0.7","problem":null}
        """;

    public static void MapImports(this IEndpointRouteBuilder api)
    {
        // Its metrics are listed from the start.
        _ = api.ServiceProvider.GetRequiredService<ImportMeter>();
        api.MapPost("/imports", ImportUpload.RunAsync)
            .WithMetadata(new ImportRoute(), new ExampleRoute(Completed))
            .Produces<ImportReport>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status408RequestTimeout)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary(
                "Imports a file of sales: CSV, or one JSON object per line as the connection's source posts it."
            )
            .WithDescription(
                "The body is the file, also compressed with gzip or zstd. Its rows are mapped and queued as they "
                    + "arrive; the file itself is never stored. The response comes when the last row is on disk. "
                    + "`dryRun=true` counts in the same way and queues nothing. After an interruption, send the same "
                    + "file with the same `id`: the import continues after the last row that is on disk. Another "
                    + "file with that `id` gets 409. `rows` counts rows without the header; the outcomes count "
                    + "events, and the rows of one order are one event."
            );
        api.MapGet("/imports", ListAsync)
            .WithMetadata(new ExampleRoute($$"""{"items":[{{Completed}}],"next":null}"""))
            .Produces<ListPage<ImportReport>>()
            .ProducesValidationProblem()
            .WithSummary("The imports, newest first.")
            .WithDescription(
                "`limit` is 1 to 1000, by default 100; `cursor` is the `next` of the page before. Imports are kept for "
                    + "`Imports:Retention`."
            );
        api.MapGet("/imports/{id}", FindAsync)
            .WithMetadata(new ExampleRoute(Completed))
            .Produces<ImportReport>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("One import: its progress and what came of its rows.");
        api.MapPost("/imports/{id}/cancel", CancelAsync)
            .WithMetadata(new ExampleRoute(Completed.Replace("completed", "cancelled", StringComparison.Ordinal)))
            .Produces<ImportReport>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("Cancels an import that runs or is interrupted.")
            .WithDescription("What was queued until then stays queued. An import that has ended does not change.");
        api.MapGet("/imports/{id}/rejected", RejectedAsync)
            .Produces<string>(StatusCodes.Status200OK, "text/csv")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("The rejected rows of an import as CSV: row, column, reason.")
            .WithDescription(
                "The header of the file is row 1. `column` is Meta's name of the column that is the reason, empty "
                    + "if it is the row as a whole. There is nothing of the file's content. The first "
                    + "`Imports:MaxRejectedRows` are listed."
            );
    }

    private static async Task<IResult> ListAsync(
        string? limit,
        string? cursor,
        IImportStore store,
        RunningImports running,
        CancellationToken cancellationToken
    )
    {
        var most = UsuallyListed;
        if (
            limit is not null
            && (!int.TryParse(limit, CultureInfo.InvariantCulture, out most) || most is < 1 or > MostListed)
        )
        {
            return InvalidRequest.Because("limit", $"must be a whole number, 1 to {MostListed}");
        }

        long? before = null;
        if (cursor is { Length: > 0 })
        {
            if (!long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return InvalidRequest.Because("cursor", "must be the next of a page");
            }

            before = number;
        }

        var imports = await store.ImportsAsync(before, most + 1, cancellationToken);
        var page = imports.Take(most).ToArray();
        return Results.Ok(
            new ListPage<ImportReport>(
                [.. page.Select(import => ImportReport.Of(import, running))],
                imports.Count > most ? page[^1].Number.ToString(CultureInfo.InvariantCulture) : null
            )
        );
    }

    private static async Task<IResult> FindAsync(
        string id,
        IImportStore store,
        RunningImports running,
        CancellationToken cancellationToken
    ) =>
        await store.FindImportAsync(id, cancellationToken) is { } import
            ? Results.Ok(ImportReport.Of(import, running))
            : NotFound();

    /// <summary>Cancels an import, and records who did it.</summary>
    public static Task<IResult> CancelAsync(
        string id,
        HttpContext context,
        OperatorWrites writes,
        IImportStore store,
        RunningImports running,
        Audit audit
    )
    {
        return writes.RespondAsync(context, CancelAsync());

        async Task<IResult> CancelAsync()
        {
            var import = await store.FindImportAsync(id, CancellationToken.None);
            if (import is null)
            {
                return NotFound();
            }

            var cancelled = await audit.RecordAsync(
                context,
                AuditAction.CancelImport,
                import.Import.Connection,
                store.CancelImportAsync(id, CancellationToken.None).AsTask(),
                _ => 0
            );
            running.Cancel(id);
            return cancelled is null ? NotFound() : Results.Ok(ImportReport.Of(cancelled, running));
        }
    }

    /// <summary>The rejected rows of an import as CSV.</summary>
    public static async Task<IResult> RejectedAsync(string id, IImportStore store, CancellationToken cancellationToken)
    {
        if (await store.FindImportAsync(id, cancellationToken) is not { } import)
        {
            return NotFound();
        }

        return Results.Stream(
            body => WriteRejectedAsync(body, import.Number, store, cancellationToken),
            "text/csv; charset=utf-8",
            $"rejected-{import.Import.Id}.csv"
        );
    }

    private static async Task WriteRejectedAsync(
        Stream body,
        long import,
        IImportStore store,
        CancellationToken cancellationToken
    )
    {
        var text = new StringBuilder("row,column,reason\r\n");
        var written = 0;
        IReadOnlyList<RejectedRow> rows;
        do
        {
            rows = await store.RejectedRowsAsync(import, written, RejectedAtOnce, cancellationToken);
            written += rows.Count;
            foreach (var (row, column, reason) in rows)
            {
                text.Append(CultureInfo.InvariantCulture, $"{row},{column},{reason}\r\n");
            }

            await body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
            text.Clear();
        } while (rows.Count == RejectedAtOnce);
    }

    private static IResult NotFound() =>
        Results.Problem("There is no import with this id.", statusCode: StatusCodes.Status404NotFound);
}

/// <summary>Marks the route that takes a file, for its description.</summary>
internal sealed record ImportRoute;
