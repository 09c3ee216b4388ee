using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Protocols;

namespace OfflineConversions.Server.OpenApi;

/// <summary>
/// Describes the routes that accept events: how to authenticate, bodies that can be sent, and every response.
/// </summary>
internal sealed class IngestionDescription(TimeProvider time) : IOpenApiOperationTransformer
{
    /// <summary>A refusal of each kind that a client can cause or has to handle.</summary>
    private static readonly Refusal[] Refusals =
    [
        Refusal.MalformedJson(new JsonException(null, null, 0, 17)),
        Refusal.MissingKey,
        Refusal.WrongKey,
        Refusal.TooSlow,
        Refusal.TooLarge(10 * 1024 * 1024),
        Refusal.UnsupportedEncoding,
        Refusal.RateLimited(TimeSpan.FromSeconds(1)),
        Refusal.Unavailable(TimeSpan.FromSeconds(5)),
    ];

    public Task TransformAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<IngestionRoute>().FirstOrDefault() is { } route)
        {
            var protocol = route.Protocols[0];
            operation.Summary = route.Vendor.Summary;
            operation.OperationId = route.Path.Trim('/').Replace('/', '_');
            operation.Tags = new HashSet<OpenApiTagReference> { new(protocol.Title, context.Document) };
            operation.Parameters = [Prefer(), .. Query(protocol, route.Vendor)];
            operation.RequestBody = route.Vendor.ReadQuery is null ? Body(protocol, route.Vendor) : null;
            operation.Responses = Responses(protocol, route.Vendor.Success ?? protocol.Success);
            operation.Security =
            [
                new OpenApiSecurityRequirement
                {
                    [new OpenApiSecuritySchemeReference(protocol.Source.Tag, context.Document)] = [],
                },
            ];
        }

        return Task.CompletedTask;
    }

    private static OpenApiParameter Prefer() =>
        new()
        {
            Name = "Prefer",
            In = ParameterLocation.Header,
            Description = "With `return=representation` the response is each event's outcome, not the vendor's body.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            Example = "return=representation",
        };

    private IEnumerable<OpenApiParameter> Query(IVendorProtocol protocol, VendorRoute route)
    {
        if (route.AcceptsKeyInQuery)
        {
            yield return Query("writeKey", "The key, for clients that cannot send the header.", example: null);
        }

        if (route.ReadQuery is not null)
        {
            foreach (var (name, value) in Samples(protocol, route)[0].Body.AsObject())
            {
                yield return Query(name, "A path into the message. Any other path works, too.", value);
            }
        }
    }

    private static OpenApiParameter Query(string name, string description, JsonNode? example) =>
        new()
        {
            Name = name,
            In = ParameterLocation.Query,
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            Example = example?.DeepClone(),
        };

    private IReadOnlyList<Sample> Samples(IVendorProtocol protocol, VendorRoute route) =>
        protocol.Samples(route, Sample.Time(time.GetUtcNow()));

    private OpenApiRequestBody Body(IVendorProtocol protocol, VendorRoute route) =>
        new()
        {
            Required = true,
            Description = "JSON, whatever Content-Type says. gzip, deflate and br are decoded.",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/json"] = new()
                {
                    Schema = new OpenApiSchema(),
                    Examples = Samples(protocol, route)
                        .ToDictionary(
                            sample => sample.Name,
                            IOpenApiExample (sample) =>
                                new OpenApiExample { Summary = sample.Summary, Value = sample.Body },
                            StringComparer.Ordinal
                        ),
                },
            },
        };

    private static OpenApiResponses Responses(IVendorProtocol protocol, VendorResponse success)
    {
        var responses = new OpenApiResponses();
        Add(responses, success, "The events are durably queued.");
        foreach (var refusal in Refusals)
        {
            Add(responses, protocol.Refuse(refusal), Meaning(refusal.Kind), refusal.RetryAfter is not null);
        }

        return responses;
    }

    private static void Add(OpenApiResponses responses, VendorResponse response, string meaning, bool retry = false)
    {
        var described = new OpenApiResponse { Description = meaning };
        if (response.MediaType is { } type)
        {
            described.Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                [type] = new() { Example = response.Example },
            };
        }

        if (retry)
        {
            described.Headers = new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal)
            {
                ["Retry-After"] = new OpenApiHeader
                {
                    Description = "Seconds to wait.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
                },
            };
        }

        responses.TryAdd(response.Status.ToString(CultureInfo.InvariantCulture), described);
    }

    private static string Meaning(RefusalKind refusal) =>
        refusal switch
        {
            RefusalKind.MissingKey => "No write key was sent, or it is unknown.",
            RefusalKind.WrongKey => "The write key is unknown.",
            RefusalKind.TooLarge => "The body is larger than Ingestion:MaxBodyBytes.",
            RefusalKind.UnsupportedEncoding => "The Content-Encoding is not gzip, deflate or br.",
            RefusalKind.TooSlow => "The body took too long to arrive.",
            RefusalKind.RateLimited => "Too many requests for this write key.",
            RefusalKind.Unavailable => "The events could not be stored; send them again later.",
            _ => "The body is not JSON, contains no events, or is too large where the vendor has no 413.",
        };
}
