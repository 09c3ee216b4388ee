using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace OfflineConversions.Server.Tests.Acceptance;

/// <summary>Orders posted as a Segment server library posts them, each with an id of its own.</summary>
internal static class SegmentOrders
{
    /// <summary>Posts a batch with these orders.</summary>
    /// <returns>Whether the service took it.</returns>
    public static async Task<bool> PostOrdersAsync(this HttpClient http, params IReadOnlyList<string> ids)
    {
        using var answer = await http.SendOrdersAsync(ids);
        return answer.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>The same, with the whole answer.</summary>
    public static async Task<HttpResponseMessage> SendOrdersAsync(
        this HttpClient http,
        params IReadOnlyList<string> ids
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/batch")
        {
            Content = new StringContent(Batch(ids), Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String("WK_TEST_123:"u8)
        );
        return await http.SendAsync(request);
    }

    /// <summary>The same as bytes for a socket.</summary>
    public static byte[] Request(string id)
    {
        var body = Batch([id]);
        return Encoding.ASCII.GetBytes(
            $"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {Convert.ToBase64String("WK_TEST_123:"u8)}\r\nContent-Length: {body.Length}\r\n\r\n{body}"
        );
    }

    private static string Batch(IReadOnlyList<string> ids) =>
        $$"""{"batch":[{{string.Join(',', ids.Select(Order))}}]}""";

    private static string Order(string id) =>
        $$"""
            {"type":"track","event":"Order Completed","messageId":"{{id}}","userId":"u-{{id}}","timestamp":"{{DateTimeOffset.UtcNow.ToString(
                "o",
                CultureInfo.InvariantCulture
            )}}",
             "properties":{"revenue":39.95,"currency":"USD"},"context":{"traits":{"email":"{{id}}@example.com"} } }
            """;
}
