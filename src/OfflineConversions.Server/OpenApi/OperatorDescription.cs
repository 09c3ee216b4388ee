using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Ingestion.Protocols;

namespace OfflineConversions.Server.OpenApi;

/// <summary>Describes the operator's key, the examples of the routes, and the preview's body and response.</summary>
internal sealed class OperatorDescription(ConnectionRegistry connections, VendorProtocols protocols, TimeProvider time)
    : IOpenApiOperationTransformer
{
    public Task TransformAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<AdminRoute>().Any())
        {
            operation.Security =
            [
                new OpenApiSecurityRequirement
                {
                    [new OpenApiSecuritySchemeReference(DocumentDescription.Operator, context.Document)] = [],
                },
            ];
        }

        if (metadata.OfType<PreviewRoute>().Any())
        {
            operation.RequestBody = new OpenApiRequestBody { Required = true, Content = Json(Examples()) };
            operation.Responses!["200"] = new OpenApiResponse
            {
                Description = "The outcome of each event, in order.",
                Content = Json(new() { ["response"] = new OpenApiExample { Value = PreviewResponse() } }),
            };
        }

        if (metadata.OfType<ImportRoute>().Any())
        {
            ImportDescription.Describe(operation);
        }

        if (metadata.OfType<ExampleRoute>().FirstOrDefault() is { } example)
        {
            Show(operation, example);
        }

        return Task.CompletedTask;
    }

    /// <summary>Puts a route's examples beside the schemas it already has.</summary>
    private static void Show(OpenApiOperation operation, ExampleRoute example)
    {
        if (
            operation.Responses!["200"].Content is { } contents
            && contents.TryGetValue("application/json", out var content)
        )
        {
            content.Example = JsonNode.Parse(example.Response);
        }

        if (example.Requests.Length > 0)
        {
            // Not with Accepts on the route, which would then refuse every other content type.
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = Json(
                    example.Requests.ToDictionary(
                        request => request.Summary,
                        IOpenApiExample (request) =>
                            new OpenApiExample { Summary = request.Summary, Value = JsonNode.Parse(request.Json) },
                        StringComparer.Ordinal
                    )
                ),
            };
        }
    }

    private Dictionary<string, IOpenApiExample> Examples()
    {
        var examples = new Dictionary<string, IOpenApiExample>(StringComparer.Ordinal);
        foreach (var connection in connections.All.DistinctBy(connection => connection.Options.Source))
        {
            if (protocols.Of(connection.Source) is { } protocol)
            {
                examples[connection.Name] = new OpenApiExample
                {
                    Summary = $"{protocol.Title}, by name",
                    Value = Preview(JsonValue.Create(connection.Name), protocol),
                };
            }
        }

        var inline = protocols.Protocols.First(protocol => protocol.Source.DatasetName is not null);
        examples["inline"] = new OpenApiExample
        {
            Summary = "A connection in the request",
            Value = Preview(
                new JsonObject { ["Source"] = inline.Source.Name, ["DatasetId"] = "1000000000000002" },
                inline
            ),
        };
        return examples;
    }

    private JsonObject Preview(JsonNode connection, IVendorProtocol protocol)
    {
        var route = protocol.Routes[0];
        var preview = new JsonObject
        {
            ["connection"] = connection,
            ["body"] = protocol.Samples(route, Sample.Time(time.GetUtcNow()))[0].Body,
        };
        if (route.Call is { } call)
        {
            preview["call"] = call;
        }

        return preview;
    }

    private static JsonNode? PreviewResponse() =>
        JsonNode.Parse(
            """
            {"events":[{"outcome":"accepted","reason":null,"warnings":[],"deliveries":[{"datasetId":"1000000000000002",
             "api":"ConversionsApi","uploadTag":null,"event":{"event_name":"Purchase","user_data":{"em":["…"]}}}],
             "origins":{"event_name":"event","user_data.em":"context.traits.email"},"warningOrigins":{}}]}
            """
        );

    private static Dictionary<string, OpenApiMediaType> Json(Dictionary<string, IOpenApiExample> examples) =>
        new(StringComparer.Ordinal)
        {
            ["application/json"] = new()
            {
                Schema = new OpenApiSchema { Type = JsonSchemaType.Object },
                Examples = examples,
            },
        };
}
