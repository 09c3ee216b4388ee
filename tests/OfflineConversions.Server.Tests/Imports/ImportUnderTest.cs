using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Imports;

/// <summary>A service with connections for imports, and the calls of an operator.</summary>
internal sealed class ImportUnderTest : IAsyncDisposable
{
    public const string Key = "operator-key-of-tests";

    private const string Connections = """
        "Admin": { "ApiKey": "operator-key-of-tests" },
        "Connections": {
          "tills": { "Source": "File", "AccessToken": "t0ken", "DatasetId": "5", "DefaultCurrency": "EUR",
                     "BatchSize": 100 },
          "twice": { "Source": "File", "AccessToken": "t0ken", "DatasetId": "6", "DeduplicationWindow": "00:00:00" },
          "seg": { "Source": "Segment", "WriteKeys": ["segment-key"], "AccessToken": "t0ken",
                   "Segment": { "Events": [{ "Event": "Order Completed", "EventSetId": "2" }] } }
        }
        """;

    private ImportUnderTest(ServiceUnderTest service) => Service = service;

    public ServiceUnderTest Service { get; }

    public static async Task<ImportUnderTest> StartAsync(
        string settings = "",
        bool onDisk = false,
        string? database = null
    ) => new(await ServiceUnderTest.StartAsync(settings + Connections, onDisk: onDisk, database: database));

    /// <summary>A time that is recent enough for Meta.</summary>
    public static string At(int minutes = 0) =>
        DateTimeOffset
            .UtcNow.AddHours(-2)
            .AddMinutes(minutes)
            .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A table of so many orders.</summary>
    public static string Orders(int count, string prefix = "o")
    {
        var text = new StringBuilder("order_id,event_time,email,value,currency\n");
        for (var order = 1; order <= count; order++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{prefix}{order},{At()},jane{order}@example.com,{order}.50,EUR\n"
            );
        }

        return text.ToString();
    }

    public Task<ImportResponse> ImportAsync(string file, string query = "connection=tills", string type = "text/csv") =>
        ImportAsync(Encoding.UTF8.GetBytes(file), query, type);

    public Task<ImportResponse> ImportAsync(
        byte[] file,
        string query = "connection=tills",
        string type = "text/csv",
        string? encoding = null
    )
    {
        var content = new ByteArrayContent(file);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding is not null)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }

        return ImportAsync(content, query);
    }

    public async Task<ImportResponse> ImportAsync(HttpContent content, string query)
    {
        using var response = await SendAsync(HttpMethod.Post, $"/api/imports?{query}", content);
        return new ImportResponse(response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }

    public async Task<string> GetTextAsync(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path);
        return await response.Content.ReadAsStringAsync();
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        return Service.Http.SendAsync(request);
    }

    public ValueTask DisposeAsync() => Service.DisposeAsync();
}

/// <summary>The response to an import.</summary>
internal sealed record ImportResponse(HttpStatusCode Status, JsonElement Body)
{
    public string State => Body.GetProperty("state").GetString()!;

    public long Rows => Count("rows");

    public long Accepted => Count("accepted");

    public long Ignored => Count("ignored");

    public long Rejected => Count("rejected");

    public string Detail => Body.GetProperty("detail").GetString()!;

    public long Reason(string code) =>
        Body.GetProperty("reasons").TryGetProperty(code, out var count) ? count.GetInt64() : 0;

    private long Count(string name) => Body.GetProperty(name).GetInt64();
}
