using System.Net.Http.Headers;
using System.Text;

namespace OfflineConversions.Server.Tests.Acceptance.Privacy;

/// <summary>Calls the service with a canary in every header, and keeps every response.</summary>
internal sealed class CanaryClient(ServiceProcess service)
{
    /// <summary>The responses that must not contain any canary.</summary>
    public List<string> Responses { get; } = [];

    /// <summary>The responses that show stored payloads.</summary>
    public List<string> PayloadResponses { get; } = [];

    /// <summary>Posts as a source does.</summary>
    /// <returns>Whether the service accepted it.</returns>
    public async Task<bool> PostAsync(string path, string body, string? key, params CanaryHeader[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        request.Headers.Authorization = key is null
            ? null
            : new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes(key.Contains(':') ? key : $"{key}:"))
            );
        CanaryHeader[] always =
        [
            new("User-Agent", $"{Canary.Agent} {Canary.Email}"),
            new("X-Forwarded-For", Canary.Address),
            new("Referer", $"https://shop.example/?email={Canary.Email}"),
            new("Cookie", $"session={Canary.Token}"),
            new("Origin", "https://kanari.example"),
            new("X-Request-Id", Canary.Email),
            new("baggage", "person=kanari"),
            new("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            new("Request-Id", "|kanari.1"),
            new("tracestate", "kanari=1"),
            new("Prefer", "return=representation"),
        ];
        foreach (var header in headers.Concat(always))
        {
            if (!request.Headers.TryAddWithoutValidation(header.Name, header.Value))
            {
                request.Content.Headers.TryAddWithoutValidation(header.Name, header.Value);
            }
        }

        return await SendAsync(request, Responses) is ['2', ..];
    }

    /// <summary>Sends bytes that no HTTP client would send.</summary>
    public async Task SendRawAsync(string request)
    {
        using var connection = await RawConnection.OpenAsync(service.Address);
        await connection.SendAsync(Encoding.UTF8.GetBytes(request));
        var response = connection.Read();
        Responses.Add($"{response.Body} {string.Join(' ', response.Headers)}");
    }

    /// <summary>Calls a route of the operator.</summary>
    /// <param name="method">The method.</param>
    /// <param name="route">Path and query.</param>
    /// <param name="body">The body, if any.</param>
    /// <param name="showsPayloads">Whether the response shows stored payloads.</param>
    public async Task<string> OperateAsync(
        HttpMethod method,
        string route,
        string? body = null,
        bool showsPayloads = false
    )
    {
        using var request = new HttpRequestMessage(method, route)
        {
            Content = body is null ? null : new StringContent(body),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", LeakSettings.AdminKey);
        return await SendAsync(request, showsPayloads ? PayloadResponses : Responses);
    }

    private async Task<string> SendAsync(HttpRequestMessage request, List<string> responses)
    {
        using var response = await service.Http.SendAsync(request);
        var path = request
            .RequestUri!.OriginalString.Split('?')[0]
            .Replace(Canary.Email, "…", StringComparison.Ordinal);
        var text =
            $"{(int)response.StatusCode} {request.Method} {path} {response.Headers} {response.Content.Headers} "
            + await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).Should().NotBe(500, text);
        responses.Add(text);
        return text;
    }
}

/// <summary>A header of a request.</summary>
internal sealed record CanaryHeader(string Name, string Value);
