using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OfflineConversions.Fuzzing.Processes;
using OfflineConversions.Server.Tests.Acceptance;

namespace OfflineConversions.Server.Tests.Imports;

/// <summary>The service is killed on the way, again and again.</summary>
public sealed class KilledImportTests : IDisposable
{
    private const int Rows = 60_000;
    private const int Kills = 5;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("offline-conversions-");

    [PosixFact]
    public async Task After_five_kills_every_row_is_there_once_even_where_repeats_are_allowed()
    {
        await WriteSettingsAsync();
        var file = Encoding.UTF8.GetBytes(ImportUnderTest.Orders(Rows));
        var before = 0L;
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var process = await StartAsync();
            using var http = Client(process);
            var importing = ImportAsync(http, file);
            await RunningImportTests.Eventually(async () => await RowsAsync(http) > before || importing.IsCompleted);
            before = await RowsAsync(http);
            await process.KillAsync();
            await ((Func<Task>)(() => importing)).Should().ThrowAsync<HttpRequestException>();
        }

        await using var last = await StartAsync();
        using var client = Client(last);
        (await GetAsync(client, "/api/imports/big")).GetProperty("state").GetString().Should().Be("interrupted");
        var import = await ImportAsync(client, file);

        import.GetProperty("state").GetString().Should().Be("completed");
        import.GetProperty("rows").GetInt64().Should().Be(Rows);
        import.GetProperty("accepted").GetInt64().Should().Be(Rows);
        (await GetAsync(client, "/api/ledger"))[0].GetProperty("accepted").GetInt64().Should().Be(Rows);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Task WriteSettingsAsync() =>
        File.WriteAllTextAsync(
            Path.Combine(_folder.FullName, "settings.json"),
            $$"""
            { "Admin": { "ApiKey": "{{ImportUnderTest.Key}}" }, "Graph": { "BaseAddress": "http://127.0.0.1:1" },
              "Outbox": { "Path": "{{Path.Combine(_folder.FullName, "outbox.db")}}" },
              "Connections": { "tills": { "Source": "File", "AccessToken": "t0ken", "DatasetId": "5",
                "DeduplicationWindow": "00:00:00" } } }
            """
        );

    private Task<RunningProcess> StartAsync() =>
        RunningProcess.StartAsync(
            "OfflineConversions.Server.dll",
            _folder.FullName,
            environment: null,
            "--config",
            Path.Combine(_folder.FullName, "settings.json")
        );

    private static HttpClient Client(RunningProcess process)
    {
        var http = new HttpClient { BaseAddress = process.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ImportUnderTest.Key);
        return http;
    }

    private static async Task<JsonElement> ImportAsync(HttpClient http, byte[] file)
    {
        using var response = await http.PostAsync("/api/imports?connection=tills&id=big", new ByteArrayContent(file));
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }

    private static async Task<long> RowsAsync(HttpClient http) =>
        (await GetAsync(http, "/api/imports/big")).TryGetProperty("rows", out var rows) ? rows.GetInt64() : 0;

    private static async Task<JsonElement> GetAsync(HttpClient http, string path)
    {
        using var response = await http.GetAsync(path);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }
}
