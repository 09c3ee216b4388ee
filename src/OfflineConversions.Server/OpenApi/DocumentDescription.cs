using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OfflineConversions.Server.Configuration.Secrets;

namespace OfflineConversions.Server.OpenApi;

/// <summary>The head of the document: what the service is, how to authenticate, the groups of routes.</summary>
internal sealed class DocumentDescription(DemoKeys demo) : IOpenApiDocumentTransformer
{
    public const string Basic = "basic";
    public const string Bearer = "bearer";
    public const string Token = "token";
    public const string Operator = "operator";

    private static readonly (string Name, string Description)[] Tags =
    [
        ("mParticle", "mParticle's Events API. Basic authentication with `key:secret`."),
        (
            "Segment",
            "Segment's HTTP Tracking API and webhooks. The write key as Basic user name without password, or as `writeKey` in the body."
        ),
        ("RudderStack", "RudderStack's HTTP API. The write key as Basic user name without password."),
        ("Commanders Act", "Commanders Act's HTTP Tracking API. The key as `token` in the query, or as Bearer."),
        (
            "Without the source's name",
            "The same paths as the vendors' SDKs know them: only the host needs changing. The write key says which source it is."
        ),
        (
            "Operator",
            "How the connections fare and the switches of each, what waits, what failed and the ways out, where every event is, what was not accepted, and the preview. Bearer authentication with `Admin:ApiKey`."
        ),
        ("Operations", "Health and metrics. No key needed."),
    ];

    public Task TransformAsync(
        OpenApiDocument document,
        OpenApiDocumentTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        document.Info = new OpenApiInfo
        {
            Title = "OfflineConversions",
            Version = "v1",
            Description = Introduction(),
        };
        document.Tags = Tags.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description })
            .ToHashSet();
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [Basic] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "basic",
                Description = "The write key as user name with an empty password; for mParticle key and secret.",
            },
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "The write key; for mParticle `key:secret`.",
            },
            [Token] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Query,
                Name = "token",
                Description = "The key of a Commanders Act connection.",
            },
            [Operator] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description =
                    "The operator's key, `Admin:ApiKey`. Not needed on this machine in Development where none is configured.",
            },
        };
        return Task.CompletedTask;
    }

    private string Introduction()
    {
        var text = new StringBuilder(
            "Takes the events that shops send to mParticle, Segment, RudderStack and Commanders Act, and delivers them to Meta. "
        ).Append(
            "Success is answered once the events are durably queued. Send `Prefer: return=representation` to get each event's outcome as the answer."
        );
        if (demo.All.Count > 0)
        {
            text.Append("\n\nDemo keys for *Authorize*:\n\n| source | key |\n|---|---|\n");
            foreach (var key in demo.All)
            {
                text.Append("| ").Append(key.Source).Append(" | `").Append(key.Key).Append("` |\n");
            }
        }

        return text.ToString();
    }
}
