using System.Text.Json.Nodes;
using OfflineConversions.Sandbox.Faults;
using OfflineConversions.Sandbox.Graph;

namespace OfflineConversions.Sandbox.Tokens;

/// <summary>
/// Stands in for <c>GET /debug_token</c>: an app may look at any token of its own, an Events Manager token at itself.
/// Source: Meta, "Debug Token".
/// </summary>
internal sealed class DebugTokenEndpoint(TokenList tokens, FaultList faults, ReadCalls calls, TimeProvider time)
{
    /// <summary>The name of the node, in paths and in faults.</summary>
    public const string Node = "debug_token";

    private static readonly SandboxError NotAllowed = new()
    {
        Code = SandboxError.InvalidParameter,
        Message =
            "(#100) You must provide an app access token, or a user access token that is an owner or developer of "
            + "the app",
    };

    private static readonly SandboxError NoPost = new()
    {
        Code = SandboxError.InvalidParameter,
        Subcode = 33,
        Message =
            $"Unsupported post request. Object with ID '{Node}' does not exist, cannot be loaded due to missing "
            + "permissions, or does not support this operation",
    };

    public Task Get(string version, HttpContext http) =>
        calls.Respond(version, Node, http, caller => Look(caller, http.Request.Query["input_token"].ToString()));

    private ReadResult Look(ReadCaller caller, string input)
    {
        if (input.Length == 0)
        {
            return ReadResult.Refused(SandboxError.BadRequest("The parameter input_token is required"));
        }

        if (input.Any(character => char.IsWhiteSpace(character) || char.IsControl(character)))
        {
            return Undecodable("Invalid OAuth access token - Cannot parse access token", subcode: null);
        }

        var fingerprint = SandboxRequest.Fingerprint(input);
        var token = tokens.Find(fingerprint);
        if (caller.AppId is null && (caller.Fingerprint != fingerprint || token.Kind == TokenKind.SystemUser))
        {
            return ReadResult.Refused(NotAllowed);
        }

        if (caller.AppId is { } app && token.AppId is { } own && app != own)
        {
            return ReadResult.Refused(
                new SandboxError
                {
                    Code = SandboxError.InvalidParameter,
                    Message = "(#100) The App_id in the input_token did not match the Viewing App",
                }
            );
        }

        return faults.Kills(fingerprint) ? Undecodable("Error validating access token: Session has expired", 463)
            : token.Invalid(time.GetUtcNow()) is { } dead ? Undecodable(dead.Message, dead.Subcode)
            : Valid(token, caller);
    }

    /// <summary>Meta describes a token that cannot be used with HTTP 200.</summary>
    private static ReadResult Undecodable(string message, int? subcode)
    {
        var error = new JsonObject { ["code"] = SandboxError.InvalidToken, ["message"] = message };
        if (subcode is not null)
        {
            error["subcode"] = subcode;
        }

        return Data(
            new JsonObject
            {
                ["error"] = error,
                ["is_valid"] = false,
                ["scopes"] = new JsonArray(),
            }
        );
    }

    private ReadResult Valid(SandboxToken token, ReadCaller caller) =>
        Data(
            new JsonObject
            {
                ["app_id"] = token.AppId ?? caller.AppId ?? "1000000000000000",
                ["type"] = "SYSTEM_USER",
                ["application"] =
                    token.Kind == TokenKind.EventsManager ? "Conversions API Application" : "An app of your own",
                ["data_access_expires_at"] = 0,
                ["expires_at"] = token.ExpiresAt?.ToUnixTimeSeconds() ?? 0,
                ["is_valid"] = true,
                ["issued_at"] = time.GetUtcNow().AddDays(-30).ToUnixTimeSeconds(),
                ["scopes"] = Texts(token.Scopes),
                ["granular_scopes"] = new JsonArray([.. token.Scopes.Select(scope => Granular(scope, token.Datasets))]),
                ["user_id"] = "2000000000000000",
            }
        );

    private static JsonObject Granular(string scope, IReadOnlyList<string>? datasets)
    {
        var granular = new JsonObject { ["scope"] = scope };
        if (datasets is not null)
        {
            granular["target_ids"] = Texts(datasets);
        }

        return granular;
    }

    private static JsonArray Texts(IEnumerable<string> texts) =>
        new([.. texts.Select(text => (JsonNode)JsonValue.Create(text))]);

    private static ReadResult Data(JsonObject data) => ReadResult.Of(new JsonObject { ["data"] = data });

    /// <summary>Meta has no such operation, so a token cannot be looked at without being in the URL.</summary>
    public Task Post(string version, HttpContext http) =>
        calls.Respond(version, Node, http, _ => ReadResult.Refused(NoPost));
}
