using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Imports;
using OfflineConversions.Server.Imports.Reading;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Admin;

/// <summary><c>POST /api/imports</c>: takes a file.</summary>
internal static partial class ImportUpload
{
    private const int RetrySeconds = 10;

    public static async Task<IResult> RunAsync(
        HttpContext context,
        ServiceOptions options,
        ConnectionRegistry connections,
        FileImports imports,
        RunningImports running,
        Audit audit,
        IHostApplicationLifetime lifetime,
        TimeProvider time
    )
    {
        var query = context.Request.Query;
        var names = connections.All.Select(one => one.Name).DefaultIfEmpty("none");
        if (connections.Find(query["connection"].ToString()) is not { } connection)
        {
            return InvalidRequest.Because(
                "connection",
                $"must be the name of a connection; there are {string.Join(", ", names)}"
            );
        }

        var dryRun = query["dryRun"].ToString();
        if (dryRun.Length > 0 && !bool.TryParse(dryRun, out _))
        {
            return InvalidRequest.Because("dryRun", "must be true or false");
        }

        var id = query.ContainsKey("id")
            ? query["id"].ToString()
            : Guid.CreateVersion7(time.GetUtcNow()).ToString("N", CultureInfo.InvariantCulture);
        if (!Id().IsMatch(id))
        {
            return InvalidRequest.Because("id", "must be 1 to 64 letters, digits, - or _");
        }

        if (context.Request.ContentLength > options.Imports.MaxBytes)
        {
            return Results.Problem(
                $"The file exceeds the limit of {options.Imports.MaxBytes} bytes (Imports:MaxBytes).",
                statusCode: StatusCodes.Status413PayloadTooLarge
            );
        }

        LiftLimits(context);
        var caller = context.Connection.RemoteIpAddress;
        var import = new NewImport(id, connection.Name, dryRun.Length > 0 && bool.Parse(dryRun), Text(caller));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted,
            lifetime.ApplicationStopping
        );
        var headers = context.Request.Headers;
        var upload = new Upload(context.Request.ContentType, headers[HeaderNames.ContentEncoding]);
        var result = await audit.RecordAsync(
            context,
            AuditAction.Import,
            connection.Name,
            imports.RunAsync(connection, import, context.Request.Body, upload, stop.Token),
            ended => import.IsDryRun ? 0 : ended.Import?.Progress.Accepted ?? 0
        );
        return Response(context, result, running);
    }

    /// <summary>A file is as large and takes as long as it does. The import has limits of its own.</summary>
    private static void LiftLimits(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }

    private static IResult Response(HttpContext context, ImportResult result, RunningImports running)
    {
        var report = result.Import is { } import ? ImportReport.Of(import, running) : null;
        if (result.Status == ImportStatus.Ended && report is not null)
        {
            return Results.Ok(report);
        }

        var status = result.Status switch
        {
            ImportStatus.Interrupted => StatusCodes.Status408RequestTimeout,
            ImportStatus.Malformed => StatusCodes.Status400BadRequest,
            ImportStatus.Unsupported => StatusCodes.Status415UnsupportedMediaType,
            ImportStatus.TooLarge => StatusCodes.Status413PayloadTooLarge,
            ImportStatus.Conflict => StatusCodes.Status409Conflict,
            _ => StatusCodes.Status503ServiceUnavailable,
        };
        if (result.Status == ImportStatus.Busy)
        {
            context.Response.Headers.RetryAfter = RetrySeconds.ToString(CultureInfo.InvariantCulture);
        }

        return Results.Problem(
            result.Problem ?? "The import was interrupted. Send the same file with the same id to continue.",
            statusCode: status,
            extensions: report is null ? null : [new("import", report)]
        );
    }

    private static string Text(IPAddress? caller) =>
        caller is null ? "unknown" : (caller.IsIPv4MappedToIPv6 ? caller.MapToIPv4() : caller).ToString();

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Id();
}
