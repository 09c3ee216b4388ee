using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>The preview of a service in Development.</summary>
public abstract class PreviewRoute : IAsyncLifetime
{
    private protected const string Token = "EAAsecret";

    private protected ServiceUnderTest Service { get; private set; } = null!;

    public async Task InitializeAsync() => Service = await ServiceUnderTest.StartAsync(environment: "Development");

    public async Task DisposeAsync() => await Service.DisposeAsync();

    private protected async Task<JsonElement> PreviewAsync(string request) =>
        (await AnswerAsync(request)).GetProperty("events");

    private protected async Task<JsonElement> AnswerAsync(string request)
    {
        using var answer = await Service.Http.PostAsync("/api/preview", new StringContent(request));
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.OK, text);
        return JsonElement.Parse(text);
    }
}
