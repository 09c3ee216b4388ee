using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using OfflineConversions.Benchmarks.Service;

namespace OfflineConversions.Benchmarks.Importing;

/// <summary>A service that is killed and started again, with the same outbox and at the same address.</summary>
internal sealed class KilledService : IDisposable
{
    public const string Key = "benchmark-operator-key";
    public const string Connection = "tills";

    private readonly string _folder;
    private readonly int _port = FreePort();
    private readonly List<double> _megabytes = [];
    private readonly HttpClient _http;
    private ListeningProcess _process = null!;

    private KilledService(string folder)
    {
        _folder = folder;
        _http = new HttpClient { BaseAddress = Address };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    public Uri Address => new($"http://127.0.0.1:{_port}");

    /// <summary>Where it looks for Meta.</summary>
    public int MetaPort { get; } = FreePort();

    public static async Task<KilledService> StartAsync(string folder)
    {
        var service = new KilledService(folder);
        await service.StartAsync();
        return service;
    }

    /// <summary>Kills it and starts it again.</summary>
    public async Task KillAsync()
    {
        End();
        await StartAsync();
    }

    /// <summary>The most memory that it had in each of its lives, this one included.</summary>
    public IReadOnlyCollection<double> MostMegabytes() => [.. _megabytes, _process.MostResidentBytes / 1e6];

    public async Task<JsonElement> GetAsync(string path) => JsonElement.Parse(await GetTextAsync(path));

    public async Task<string> GetTextAsync(string path)
    {
        using var response = await _http.GetAsync(path);
        return await response.Content.ReadAsStringAsync();
    }

    public void Dispose()
    {
        _process.Dispose();
        _http.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task StartAsync() =>
        _process = await ListeningProcess.StartAsync(
            _folder,
            $$$"""
            {
              "Graph": { "BaseAddress": "http://127.0.0.1:{{{MetaPort}}}" },
              "Outbox": { "Path": "{{{Path.Combine(_folder, "outbox.db")}}}" },
              "Admin": { "ApiKey": "{{{Key}}}" },
              "Connections": { "{{{Connection}}}": { "Source": "File", "AccessToken": "benchmark", "DatasetId": "1" } }
            }
            """,
            _port
        );

    private void End()
    {
        _megabytes.Add(_process.MostResidentBytes / 1e6);
        _process.Dispose();
    }
}
