using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Doctor;
using OfflineConversions.Server.WebConsole.Display;

namespace OfflineConversions.Server.WebConsole.Pages;

/// <summary>One connection: its state and settings; it can be paused, resumed and tested.</summary>
internal sealed class ConnectionModel(
    ConnectionRegistry connections,
    ConnectionReport report,
    ConnectionControl control,
    OperatorWrites writes,
    Audit audit,
    SaleCommand command,
    FunnelHistory history
) : PageModel
{
    /// <summary>Its name.</summary>
    [BindProperty(SupportsGet = true)]
    public string Name { get; set; } = string.Empty;

    /// <summary>How many days of its history are shown.</summary>
    [BindProperty(SupportsGet = true)]
    public int Days { get; set; } = 1;

    /// <summary>What has just been done to its waiting events: <c>redirect</c> or <c>discard</c>.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Done { get; set; }

    /// <summary>To how many of them.</summary>
    [BindProperty(SupportsGet = true)]
    public long Events { get; set; }

    /// <summary>Its history.</summary>
    public FunnelOverTime History { get; private set; } = null!;

    /// <summary>Its state.</summary>
    public ConnectionReport.Line Line { get; private set; } = null!;

    /// <summary>Its settings, without the text of secrets.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Settings { get; private set; } = [];

    /// <summary>The datasets that it sends to.</summary>
    public IReadOnlyList<string> Datasets { get; private set; } = [];

    /// <summary>A command that posts a sample to the connection; null if it gets its events from files.</summary>
    public string? Curl { get; private set; }

    /// <summary>The result of a test.</summary>
    public ConnectionFinding? Tested { get; private set; }

    /// <summary>What was found about its token.</summary>
    public TokenFinding? Token { get; private set; }

    /// <summary>Why something could not be done.</summary>
    public string? Problem { get; private set; }

    public Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => ShowAsync(cancellationToken);

    public Task<IActionResult> OnPostPauseAsync(CancellationToken cancellationToken) =>
        ChangeAsync(AuditAction.Pause, name => control.PauseAsync(name, CancellationToken.None), cancellationToken);

    public Task<IActionResult> OnPostResumeAsync(CancellationToken cancellationToken) =>
        ChangeAsync(AuditAction.Resume, name => control.ResumeAsync(name, CancellationToken.None), cancellationToken);

    public async Task<IActionResult> OnPostTestAsync(
        [FromServices] ConnectionTest test,
        CancellationToken cancellationToken
    )
    {
        if (connections.Find(Name) is { } connection)
        {
            Tested = await audit.RecordAsync(
                HttpContext,
                AuditAction.Test,
                connection.Name,
                test.RunAsync(connection, CancellationToken.None),
                _ => 0L
            );
        }

        return await ShowAsync(cancellationToken);
    }

    public async Task<IActionResult> OnPostTokenAsync(
        [FromServices] TokenInspection tokens,
        CancellationToken cancellationToken
    )
    {
        if (connections.Find(Name) is { } connection)
        {
            Token = await tokens.InspectAsync(connection, cancellationToken);
        }

        return await ShowAsync(cancellationToken);
    }

    private async Task<IActionResult> ChangeAsync(
        string action,
        Func<string, Task> change,
        CancellationToken cancellationToken
    )
    {
        if (connections.Find(Name) is not { } connection)
        {
            return LocalRedirect(Url.Page("/Connections")!);
        }

        var target = Url.Page("/Connection", new { name = connection.Name })!;
        var response = await writes.RespondAsync(HttpContext, DoAsync());
        if (response is not ProblemHttpResult refused)
        {
            return new HttpResult(response);
        }

        Problem = refused.ProblemDetails.Detail;
        Response.StatusCode = refused.StatusCode;
        return await ShowAsync(cancellationToken);

        async Task<IResult> DoAsync()
        {
            await audit.RecordAsync(HttpContext, action, connection.Name, change(connection.Name));
            return Results.LocalRedirect(target);
        }
    }

    private async Task<IActionResult> ShowAsync(CancellationToken cancellationToken)
    {
        var current = connections.Current;
        if (current.Find(Name) is not { } connection)
        {
            return LocalRedirect(Url.Page("/Connections")!);
        }

        Line = await report.OfAsync(connection, cancellationToken);
        Settings = [.. current.Settings.OfConnection(connection.Name)];
        Datasets = [.. connection.Source.Datasets(connection.Options).Distinct(StringComparer.Ordinal)];
        Curl = command.Of(connection, Request);
        Days = FunnelHistory.Spans.Contains(Days) ? Days : 1;
        History = await history.OfAsync(connection.Name, Days, cancellationToken);
        return Page();
    }
}
