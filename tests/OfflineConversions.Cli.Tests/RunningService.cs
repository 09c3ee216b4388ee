using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OfflineConversions.Cli.Service;
using OfflineConversions.Fuzzing.Processes;

namespace OfflineConversions.Cli.Tests;

/// <summary>The built service in a process of its own, with its sandbox as Meta, and calls to it.</summary>
public sealed class RunningService : IAsyncLifetime
{
    public const string Key = "operator-key-of-tests";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("offline-conversions-");
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private RunningProcess _process = null!;

    public Uri Address => _process.Address;

    /// <summary>The environment of an operator.</summary>
    internal Dictionary<string, string> Variables =>
        new() { [ServiceAddress.Variable] = Address.AbsoluteUri, [OperatorKey.Variable] = Key };

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(
            PathOf("settings.json"),
            $$"""
            { "Admin": { "ApiKey": "{{Key}}" }, "Sandbox": { "Enabled": true },
              "Delivery": { "FlushInterval": "00:00:00.05" },
              "Outbox": { "Path": "{{PathOf("outbox.db")}}" },
              "Connections": {
                "tills": { "Source": "File", "AccessToken": "t0ken", "DatasetId": "5", "DefaultCurrency": "EUR" },
                "twice": { "Source": "File", "AccessToken": "t0ken", "DatasetId": "6", "DefaultCurrency": "EUR",
                           "DeduplicationWindow": "00:00:00" },
                "stores": { "Source": "Segment", "WriteKeys": ["segment-key"], "AccessToken": "t0ken",
                            "Segment": { "Events": [{ "Event": "Order Completed", "EventSetId": "2" }] } } } }
            """
        );
        await StartAsync();
    }

    /// <summary>Starts the service, again if it was killed, on the same outbox.</summary>
    internal async Task StartAsync(string? urls = null) =>
        _process = await RunningProcess.StartAsync(
            "OfflineConversions.Server.dll",
            _folder.FullName,
            environment: null,
            [.. urls is null ? Array.Empty<string>() : ["--urls", urls], "--config", PathOf("settings.json")]
        );

    internal Task KillAsync() => _process.KillAsync();

    /// <summary>A file of the test.</summary>
    internal string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Writes a file of the test.</summary>
    /// <returns>Its path.</returns>
    internal async Task<string> WriteAsync(string name, string text)
    {
        await File.WriteAllTextAsync(PathOf(name), text);
        return PathOf(name);
    }

    /// <summary>Runs the tool as an operator of this service.</summary>
    internal Task<CliRun> RunAsync(params string[] args) => CliRun.OfAsync(Variables, args);

    /// <summary>Calls a route of the service.</summary>
    internal async Task<JsonElement> CallAsync(HttpMethod method, string route, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Address, route));
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return text.StartsWith('{') || text.StartsWith('[') ? JsonElement.Parse(text) : default;
    }

    /// <summary>Posts a sale of the source Segment.</summary>
    internal async Task PostSaleAsync(string id, string properties = "\"revenue\":39.95,\"currency\":\"EUR\"")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, "/segment/v1/track"));
        request.Content = new StringContent(
            $$$"""
            {"event":"Order Completed","messageId":"{{{id}}}","userId":"u-1","properties":{"order_id":"no-{{{id}}}",
             {{{properties}}} },"context":{"traits":{"email":"jane.doe@example.com"} } }
            """,
            Encoding.UTF8,
            "application/json"
        );
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String("segment-key:"u8)
        );
        (await _http.SendAsync(request)).EnsureSuccessStatusCode();
    }

    /// <summary>A table of so many orders.</summary>
    internal static string Orders(int count, string prefix = "o")
    {
        var at = DateTimeOffset.UtcNow.AddHours(-2).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        var text = new StringBuilder("order_id,event_time,email,value,currency\n");
        for (var order = 1; order <= count; order++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{prefix}{order},{at},jane{order}@example.com,{order}.50,EUR\n");
        }

        return text.ToString();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
