using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OfflineConversions.Server.Configuration.Secrets;
using OfflineConversions.Server.Ingestion.Protocols;

namespace OfflineConversions.Server.OpenApi;

/// <summary>The start of the document: what the service does, how to authenticate, and the groups of routes.</summary>
internal sealed class DocumentDescription(VendorProtocols protocols, DemoKeys demo) : IOpenApiDocumentTransformer
{
    public const string Operator = "operator";

    private IEnumerable<OpenApiTag> Tags =>
        [
            .. protocols.Protocols.Select(protocol => new OpenApiTag
            {
                Name = protocol.Title,
                Description = protocol.Description,
            }),
            new OpenApiTag
            {
                Name = "Operator",
                Description =
                    "What became of each event, connections and their state, pending and failed events, the ledger, "
                    + "match quality, erasure and the preview. Bearer authentication with `Admin:ApiKey`.",
            },
            new OpenApiTag { Name = "Operations", Description = "Health and metrics. No key is needed." },
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
        document.Tags = Tags.ToHashSet();
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = protocols.Protocols.ToDictionary(
            protocol => protocol.Source.Tag,
            IOpenApiSecurityScheme (protocol) => protocol.SecurityScheme,
            StringComparer.Ordinal
        );
        document.Components.SecuritySchemes[Operator] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description =
                "For the operator's routes: `Admin:ApiKey`. "
                + "Not needed from this machine in Development if none is configured.",
        };
        return Task.CompletedTask;
    }

    private string Introduction()
    {
        var titles = protocols.Protocols.Select(protocol => protocol.Title).ToArray();
        var text = new StringBuilder(
            $"Accepts the events that shops send to {string.Join(", ", titles[..^1])} and {titles[^1]}, "
                + "and delivers them to Meta. Success means that the events are durably queued. "
                + "Send `Prefer: return=representation` to get each event's outcome as the response.\n\n"
                + "Every vendor's path also works without the vendor's name in front, "
                + $"for example `{protocols.Protocols[0].Routes[0].Path}`, because many SDKs have fixed paths. "
                + "The write key then decides which vendor's events they are."
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
