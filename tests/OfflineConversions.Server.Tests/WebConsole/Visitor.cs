using System.Net;
using System.Text.RegularExpressions;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>A person at the console, with a cookie jar and without a script.</summary>
internal sealed partial class Visitor(ServiceUnderTest service) : IDisposable
{
    /// <summary>The pages that need nothing in their address.</summary>
    public static readonly string[] Pages =
    [
        "/console",
        "/console/events",
        "/console/dropped",
        "/console/failed",
        "/console/imports",
        "/console/connections",
        "/console/connections/seg",
        "/console/quality",
        "/console/playground",
        "/console/health",
    ];

    private readonly HttpClient _http = new(
        new HttpClientHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false }
    )
    {
        BaseAddress = service.Http.BaseAddress,
    };

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(path);

    /// <summary>A page that must be there.</summary>
    public async Task<string> ReadAsync(string path)
    {
        using var response = await GetAsync(path);
        response.StatusCode.Should().Be(HttpStatusCode.OK, path);
        return await response.Content.ReadAsStringAsync();
    }

    public async Task<HttpResponseMessage> SignInAsync(string key) =>
        await PostAsync("/console/sign-in", await TokenAsync("/console/sign-in"), ("key", key));

    /// <summary>The antiforgery token of a page.</summary>
    public async Task<string> TokenAsync(string path) => Token().Match(await ReadAsync(path)).Groups["value"].Value;

    /// <summary>Posts a form.</summary>
    public Task<HttpResponseMessage> PostAsync(
        string path,
        string? token,
        params (string Name, string Value)[] fields
    ) =>
        _http.PostAsync(
            path,
            new FormUrlEncodedContent([
                .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)),
                .. token is null
                    ? Array.Empty<KeyValuePair<string, string>>()
                    : [KeyValuePair.Create("__RequestVerificationToken", token)],
            ])
        );

    public void Dispose() => _http.Dispose();

    [GeneratedRegex(
        "name=\"__RequestVerificationToken\" type=\"hidden\" value=\"(?<value>[^\"]+)\"",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Token();
}
