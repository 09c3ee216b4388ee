using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace OfflineConversions.Server.OpenApi;

/// <summary>Describes the file and the query of an import.</summary>
internal static class ImportDescription
{
    private const string Table = """
        order_id,event_time,email,value,currency,product_id,quantity
        1001,2026-11-27 14:05:00,jane.doe@example.com,39.95,EUR,sku-1,1
        1002,2026-11-27 15:10:00,john.doe@example.com,"1,020.50",EUR,sku-2,3
        """;

    private const string Lines = """
        {"order_id":"1001","event_time":"2026-11-27T14:05:00Z","email":"jane.doe@example.com","value":39.95}
        {"order_id":"1002","event_time":"2026-11-27T15:10:00Z","email":"john.doe@example.com","value":20.5}
        """;

    /// <summary>Adds both to the operation.</summary>
    public static void Describe(OpenApiOperation operation)
    {
        // Not with parameters of the handler, which would have to be readable before the limits of the body are lifted.
        operation.Parameters =
        [
            Query("connection", "The name of the connection whose events the rows are.", isRequired: true),
            Query("dryRun", "`true` only counts what would happen."),
            Query("id", "Your id for the import: up to 64 letters, digits, `-` or `_`. By default it gets one."),
        ];
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "The file, also compressed with gzip or zstd.",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["text/csv"] = Text(Table),
                ["application/x-ndjson"] = Text(Lines),
            },
        };
    }

    private static OpenApiParameter Query(string name, string description, bool isRequired = false) =>
        new()
        {
            Name = name,
            In = ParameterLocation.Query,
            Required = isRequired,
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };

    private static OpenApiMediaType Text(string example) =>
        new()
        {
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            Example = JsonValue.Create(example),
        };
}
