using System.Text.Json;
using OfflineConversions.Cli.Service;

namespace OfflineConversions.Cli.Importing;

/// <summary>What to do after one sending of a file. One pure function, so that it can be read as a table.</summary>
/// <param name="Report">The import, if it has ended.</param>
/// <param name="Failure">Why it cannot go on, or why the file is sent again.</param>
/// <param name="IsRetry">Whether to send the file again.</param>
/// <param name="RetryAfter">How long the service asks to wait before.</param>
internal sealed record NextStep(JsonElement? Report, Failure? Failure, bool IsRetry, TimeSpan? RetryAfter = null)
{
    /// <summary>Decides.</summary>
    /// <param name="sent">The response, or why there is none.</param>
    /// <param name="hasBegun">Whether the service has taken an earlier sending of this file from this program.</param>
    /// <param name="describe">What a response means to the person at the terminal.</param>
    public static NextStep After(Result<Reply> sent, bool hasBegun, Func<Reply, Failure> describe)
    {
        if (sent.Failure is { } broken)
        {
            return Retry(broken);
        }

        var reply = sent.Value;
        return reply switch
        {
            { IsSuccess: true, Json: { } report } => new NextStep(report, null, IsRetry: false),
            { Status: 408 or 500 or 502 or 503 or 504 } => Retry(describe(reply), reply.RetryAfter),
            // The service has not noticed yet that the sending before this one broke.
            { Status: 409 } when IsRunning(reply) => Retry(describe(reply)),
            // The key was right before: others try wrong ones from the same address.
            { Status: 429 } when hasBegun => Retry(describe(reply), reply.RetryAfter),
            _ => new NextStep(ReportIn(reply), describe(reply), IsRetry: false),
        };
    }

    /// <summary>Decides by what the service says of the import, because its response got lost.</summary>
    public static NextStep After(ImportReport report, JsonElement json) =>
        report.State == ImportReport.Interrupted
            ? Retry(new Failure(ExitCode.Unreachable, "The import was interrupted."))
            : new NextStep(json, FailureOf(report), IsRetry: false);

    /// <summary>The file is sent again.</summary>
    public static NextStep Retry(Failure failure, TimeSpan? after = null) => new(null, failure, IsRetry: true, after);

    /// <summary>It cannot go on.</summary>
    public static NextStep Stop(Failure failure) => new(null, failure, IsRetry: false);

    /// <summary>The state in which the service leaves an import, as a failure; null if it is completed.</summary>
    public static Failure? FailureOf(ImportReport report) =>
        report.State switch
        {
            ImportReport.Completed => null,
            ImportReport.Failed => new Failure(ExitCode.Refused, report.Problem ?? "The file cannot be read."),
            _ => new Failure(ExitCode.Problem, $"The import was {report.State}."),
        };

    // Of an import that belongs to another file or connection, the response has a report.
    private static bool IsRunning(Reply reply) => ReportIn(reply) is null;

    private static JsonElement? ReportIn(Reply reply) =>
        reply.Json is { ValueKind: JsonValueKind.Object } problem && problem.TryGetProperty("import", out var import)
            ? import
            : null;
}
