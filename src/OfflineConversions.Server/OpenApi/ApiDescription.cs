namespace OfflineConversions.Server.OpenApi;

/// <summary>
/// The OpenAPI document at <c>/openapi/v1.json</c> and the Swagger page at <c>/swagger</c> that shows it.
/// </summary>
internal static class ApiDescription
{
    private const string Document = "v1";

    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi(Document, options =>
        {
            options.AddDocumentTransformer<DocumentDescription>();
            options.AddOperationTransformer<IngestionDescription>();
            options.AddOperationTransformer<OperatorDescription>();
        });

    public static void MapApiDescription(this WebApplication app)
    {
        app.MapOpenApi();
        app.UseSwaggerUI(page =>
        {
            page.DocumentTitle = "OfflineConversions";
            page.HeadContent = """<meta name="viewport" content="width=device-width, initial-scale=1">""";
            // Relative, so that the page also works behind a proxy that adds a path.
            page.SwaggerEndpoint($"../openapi/{Document}.json", "OfflineConversions");
            page.DisplayRequestDuration();
            page.DocExpansion(Swashbuckle.AspNetCore.SwaggerUI.DocExpansion.None);
        });
    }
}
