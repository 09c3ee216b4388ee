using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace OfflineConversions.Server.Tests.Acceptance;

/// <summary>Posts orders as a Segment server library does, each with its own id.</summary>
internal static class SegmentOrders
{
    /// <summary>Posts a batch of orders.</summary>
    /// <returns>Whether the service accepted the batch.</returns>
    public static async Task<bool> PostOrdersAsync(this HttpClient http, params IReadOnlyList<string> ids)
    {
        using var response = await http.SendOrdersAsync(ids);
        return response.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>Posts a batch of orders and returns the whole response.</summary>
    public static async Task<HttpResponseMessage> SendOrdersAsync(
        this HttpClient http,
        params IReadOnlyList<string> ids
    )
    {
        using var request = Message(ids);
        return await http.SendAsync(request);
    }

    /// <summary>A post of a batch of orders.</summary>
    public static HttpRequestMessage Message(params IReadOnlyList<string> ids)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/batch")
        {
            Content = new StringContent(Batch(ids), Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String("WK_TEST_123:"u8)
        );
        return request;
    }

    /// <summary>A post of one order, as bytes for a socket.</summary>
    public static byte[] Request(string id)
    {
        var body = Batch([id]);
        return Encoding.ASCII.GetBytes(
            "POST /v1/batch HTTP/1.1\r\nHost: localhost\r\n"
                + $"Authorization: Basic {Convert.ToBase64String("WK_TEST_123:"u8)}\r\n"
                + $"Content-Length: {body.Length}\r\n\r\n{body}"
        );
    }

    private static string Batch(IReadOnlyList<string> ids) =>
        $$"""{"batch":[{{string.Join(',', ids.Select(Order))}}]}""";

    private static string Order(string id)
    {
        var now = DateTimeOffset.UtcNow.ToString("o", CultureInfo.InvariantCulture);
        return $$"""
            {"type":"track","event":"Order Completed","messageId":"{{id}}","userId":"u-{{id}}","timestamp":"{{now}}",
             "properties":{"revenue":39.95,"currency":"USD"},"context":{"traits":{"email":"{{id}}@example.com"} } }
            """;
    }
}
