using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Sources;
using OfflineConversions.Sources.CommandersAct;
using OfflineConversions.Sources.MParticle;
using OfflineConversions.Sources.RudderStack;
using OfflineConversions.Sources.Segment;

namespace OfflineConversions.Server.OpenApi;

/// <summary>Describes the routes that take events: how to authenticate, a body that works, every answer.</summary>
internal sealed class IngestionDescription(TimeProvider time) : IOpenApiOperationTransformer
{
    private static readonly RefusalKind[] Refusals =
    [
        RefusalKind.MalformedJson,
        RefusalKind.MissingKey,
        RefusalKind.WrongKey,
        RefusalKind.TooSlow,
        RefusalKind.TooLarge,
        RefusalKind.UnsupportedEncoding,
        RefusalKind.RateLimited,
        RefusalKind.Unavailable,
    ];

    public Task TransformAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        if (
            context.Description.ActionDescriptor.EndpointMetadata.OfType<IngestionRoute>().FirstOrDefault() is { } route
        )
        {
            var prefixed = route.Path.StartsWith($"/{route.Sources[0].Tag}/", StringComparison.Ordinal);
            operation.Summary = Summary(route);
            operation.OperationId = route.Path.Trim('/').Replace('/', '_');
            operation.Tags = new HashSet<OpenApiTagReference>
            {
                new(prefixed ? Title(route.Sources[0]) : "Without the source's name", context.Document),
            };
            operation.Parameters = [Prefer()];
            operation.RequestBody = Body(route);
            operation.Responses = Responses(route);
            operation.Security =
            [
                .. Schemes(route)
                    .Select(scheme => new OpenApiSecurityRequirement
                    {
                        [new OpenApiSecuritySchemeReference(scheme, context.Document)] = [],
                    }),
            ];
        }

        return Task.CompletedTask;
    }

    internal static string Title(SourceDefinition source) =>
        source switch
        {
            MParticleDefinition => "mParticle",
            CommandersActDefinition => "Commanders Act",
            _ => source.ToString(),
        };

    private static string Summary(IngestionRoute route) =>
        route.Call switch
        {
            "track" => "Takes one track call.",
            { } call => $"Takes one {call} call: accepted and ignored, only track calls become conversions.",
            null when route.Serves(MParticleDefinition.Instance) => route.Path.EndsWith(
                "bulkevents",
                StringComparison.Ordinal
            )
                ? "Takes a list of batches."
                : "Takes a batch of one user's events.",
            null when route.Path.EndsWith("events", StringComparison.Ordinal) => "Takes one event.",
            _ => "Takes a batch of events.",
        };

    private static IEnumerable<string> Schemes(IngestionRoute route)
    {
        if (route.Serves(CommandersActDefinition.Instance))
        {
            yield return DocumentDescription.Token;
        }

        yield return DocumentDescription.Basic;
        yield return DocumentDescription.Bearer;
    }

    private static OpenApiParameter Prefer() =>
        new()
        {
            Name = "Prefer",
            In = ParameterLocation.Header,
            Description = "`return=representation` answers each event's outcome instead of the vendor's body.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            Example = "return=representation",
        };

    private OpenApiRequestBody Body(IngestionRoute route)
    {
        var examples = new Dictionary<string, IOpenApiExample>(StringComparer.Ordinal);
        foreach (var source in route.Sources)
        {
            foreach (var sample in Samples.Of(source, route.Path, time.GetUtcNow()))
            {
                var name = route.Sources.Count == 1 ? sample.Name : $"{source.Tag}_{sample.Name}";
                examples[name] = new OpenApiExample
                {
                    Summary = route.Sources.Count == 1 ? sample.Summary : $"{Title(source)}: {sample.Summary}",
                    Value = sample.Body,
                };
            }
        }

        return new OpenApiRequestBody
        {
            Required = true,
            Description = "JSON, whatever Content-Type says; gzip, deflate and br are decoded.",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/json"] = new() { Schema = new OpenApiSchema(), Examples = examples },
            },
        };
    }

    private static OpenApiResponses Responses(IngestionRoute route)
    {
        var responses = new OpenApiResponses();
        foreach (var source in route.Sources)
        {
            responses[$"{SourceAnswers.SuccessStatus(source)}"] = Success(source);
            foreach (var refusal in Refusals)
            {
                responses.TryAdd($"{SourceAnswers.Status(source, refusal)}", Refused(source, refusal));
            }
        }

        return responses;
    }

    private static OpenApiResponse Success(SourceDefinition source) =>
        source switch
        {
            MParticleDefinition => new OpenApiResponse { Description = "The events are durably queued. No body." },
            SegmentDefinition => Response(
                "The events are durably queued.",
                "application/json",
                JsonNode.Parse("""{"success":true}""")
            ),
            RudderStackDefinition => Response("The events are durably queued.", "text/plain", "OK"),
            _ => Response("The events are durably queued.", "application/json", new JsonObject()),
        };

    private static OpenApiResponse Refused(SourceDefinition source, RefusalKind refusal)
    {
        var response = source switch
        {
            MParticleDefinition => Response(
                Meaning(refusal),
                "application/json",
                JsonNode.Parse("""{"errors":[{"code":"…","message":"…"}]}""")
            ),
            SegmentDefinition => Response(
                Meaning(refusal),
                "application/json",
                JsonNode.Parse("""{"success":false,"message":"…"}""")
            ),
            RudderStackDefinition => Response(Meaning(refusal), "text/plain", "…"),
            _ => Response(
                Meaning(refusal),
                "application/problem+json",
                JsonNode.Parse("""{"title":"…","status":400,"detail":"…"}""")
            ),
        };
        if (refusal is RefusalKind.RateLimited or RefusalKind.Unavailable)
        {
            response.Headers = new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal)
            {
                ["Retry-After"] = new OpenApiHeader
                {
                    Description = "Seconds to wait.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
                },
            };
        }

        return response;
    }

    private static string Meaning(RefusalKind refusal) =>
        refusal switch
        {
            RefusalKind.MissingKey => "No write key was presented, or it is not known here.",
            RefusalKind.WrongKey => "The write key is not known here.",
            RefusalKind.TooLarge => "The body is larger than Ingestion:MaxBodyBytes.",
            RefusalKind.UnsupportedEncoding => "The Content-Encoding is not gzip, deflate or br.",
            RefusalKind.TooSlow => "The body took too long to arrive.",
            RefusalKind.RateLimited => "Too many requests for this write key.",
            RefusalKind.Unavailable => "The events could not be stored; send them again later.",
            _ => "The body is not JSON, holds no events, or is too large where the vendor has no 413.",
        };

    private static OpenApiResponse Response(string description, string contentType, JsonNode? example) =>
        new()
        {
            Description = description,
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                [contentType] = new() { Example = example },
            },
        };
}
