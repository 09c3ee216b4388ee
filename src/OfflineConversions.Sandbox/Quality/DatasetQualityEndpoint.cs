using System.Text.RegularExpressions;
using OfflineConversions.Sandbox.Graph;
using OfflineConversions.Sandbox.Received;
using OfflineConversions.Sandbox.Tokens;

namespace OfflineConversions.Sandbox.Quality;

/// <summary>
/// Stands in for <c>GET /dataset_quality</c>. The form is Meta's; the scores are the sandbox's own. Source: Meta,
/// "Dataset Quality API".
/// </summary>
internal sealed partial class DatasetQualityEndpoint(
    TokenList tokens,
    ReceivedEvents events,
    ReadCalls calls,
    TimeProvider time
)
{
    /// <summary>The name of the node, in paths and in faults.</summary>
    public const string Node = "dataset_quality";

    private static readonly FieldTree Known = FieldTree.Parse(
        "web{event_name,event_match_quality{composite_score,match_key_feedback{identifier,coverage{percentage},"
            + "potential_aly_acr_increase},diagnostics{name,description,solution,percentage,affected_event_count,"
            + "total_event_count}},event_coverage{percentage,goal_percentage},dedupe_key_feedback,"
            + "data_freshness{upload_frequency},acr{percentage,description},event_potential_aly_acr_increase},"
            + "offline{event_name,composite{score,recommendation},match_key{score,recommendation,"
            + "coverage{email,phone}},frequency{score,recommendation},freshness{score,recommendation}}"
    )!;

    private static readonly SandboxError NoPermission = new()
    {
        Code = 10,
        Message = "(#10) This app does not have permission for this action",
    };

    private static readonly SandboxError NoEdge = new() { Code = 2500, Message = $"Unknown path components: /{Node}" };

    public Task Get(string version, HttpContext http) =>
        calls.Respond(version, Node, http, caller => Read(caller, http.Request.Query));

    /// <summary>The node is at the top level only.</summary>
    public Task OfEdge(string version, HttpContext http) =>
        calls.Respond(version, Node, http, _ => ReadResult.Refused(NoEdge));

    private ReadResult Read(ReadCaller caller, IQueryCollection query)
    {
        var token = tokens.Find(caller.Fingerprint);
        var dataset = query["dataset_id"].ToString();
        var fields = FieldTree.Parse(query["fields"].ToString());
        return token.Invalid(time.GetUtcNow()) is { } dead ? ReadResult.Refused(dead)
            : dataset.Length == 0 ? Refused("The parameter dataset_id is required")
            : fields is null ? Refused("Syntax error in the fields parameter")
            : fields.Unknown(Known) is { } unknown ? Refused($"Tried accessing nonexisting field ({unknown})")
            : !token.Quality || token.Refusal(dataset, time.GetUtcNow()) is not null ? ReadResult.Refused(NoPermission)
            : ReadResult.Of(fields.Select(EventScores.Of(events.Of(dataset, Filter(query["agent_name"].ToString())))));
    }

    private static ReadResult Refused(string problem) => ReadResult.Refused(SandboxError.BadRequest(problem));

    /// <summary>The filter compares without case and without a version: <c>Acme_1_2</c> is <c>acme</c>.</summary>
    private static Predicate<string?> Filter(string agent) =>
        sent =>
            agent.Length == 0
            || (sent is not null && Version().Replace(sent, "").Equals(agent, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex("[_.-]?[0-9][0-9_.-]*$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Version();
}
