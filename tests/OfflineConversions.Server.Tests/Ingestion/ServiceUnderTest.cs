using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Hosting;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Ingestion;

/// <summary>The whole service on a real port, configured by a file in a folder of its own.</summary>
internal sealed class ServiceUnderTest : IAsyncDisposable
{
    public const string FourSources = """
        "Connections": {
          "mp": { "Source": "MParticle", "WriteKeys": ["mp-key:mp-secret"], "AccessToken": "t0ken", "DatasetId": "1" },
          "seg": { "Source": "Segment", "WriteKeys": ["seg-key-1", "seg-second"], "AccessToken": "t0ken",
                   "Segment": { "Events": [{ "Event": "Order Completed", "EventSetId": "2" },
                     { "Event": "Product Added", "EventSetId": "2" }] } },
          "rud": { "Source": "RudderStack", "WriteKeys": ["rud-key-1"], "AccessToken": "t0ken",
                   "RudderStack": { "EventsToIds": [{ "From": "Purchase", "To": "3" }, { "From": "AddToCart",
                     "To": "3" }] } },
          "com": { "Source": "CommandersAct", "WriteKeys": ["com-key-1"], "AccessToken": "t0ken", "DatasetId": "4" }
        }
        """;

    private readonly DirectoryInfo _folder;
    private readonly WebApplication _app;

    private ServiceUnderTest(DirectoryInfo folder, WebApplication app, RememberedOutbox outbox)
    {
        (_folder, _app, Outbox) = (folder, app, outbox);
        Http = new HttpClient { BaseAddress = app.Services.GetRequiredService<ListeningAddress>().Current };
    }

    public HttpClient Http { get; }

    public RememberedOutbox Outbox { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Its outbox, if events are kept on disk.</summary>
    public string OutboxFile => Path.Combine(_folder.FullName, "outbox.db");

    /// <summary>The file it is configured by.</summary>
    public string SettingsFile => Path.Combine(_folder.FullName, "settings.json");

    /// <param name="settings">What stands in the file.</param>
    /// <param name="environment">Its environment.</param>
    /// <param name="onDisk">
    /// Whether events are kept on disk, as they are outside of tests, rather than remembered.
    /// </param>
    /// <param name="protocols">The sources that it has.</param>
    /// <param name="logLevel">What its log shows.</param>
    /// <param name="database">
    /// The connection string of a PostgreSQL database, if events are kept there; before <paramref name="onDisk"/>.
    /// </param>
    /// <param name="time">Its clock.</param>
    public static async Task<ServiceUnderTest> StartAsync(
        string settings = FourSources,
        string environment = "Production",
        bool onDisk = false,
        VendorProtocols? protocols = null,
        string logLevel = "Error",
        string? database = null,
        TimeProvider? time = null
    )
    {
        protocols ??= VendorProtocols.All;
        var folder = Directory.CreateTempSubdirectory("offline-conversions-");
        var file = Path.Combine(folder.FullName, "settings.json");
        settings +=
            database is not null
                ? $", \"Outbox\": {{ \"Provider\": \"PostgreSql\", \"ConnectionString\": \"{database}\" }}"
            : onDisk ? $", \"Outbox\": {{ \"Path\": \"{Path.Combine(folder.FullName, "outbox.db")}\" }}"
            : string.Empty;
        await File.WriteAllTextAsync(
            file,
            $"{{ \"Logging\": {{ \"LogLevel\": {{ \"Default\": \"{logLevel}\" }} }}, {settings} }}"
        );
        string[] args = ["--config", file, "--urls", "http://127.0.0.1:0"];
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = args,
                EnvironmentName = environment,
                ContentRootPath = folder.FullName,
            }
        );
        var (options, problems) = builder.ReadServiceOptions(args, protocols);
        problems.Should().BeEmpty();
        var outbox = new RememberedOutbox();
        if (!onDisk && database is null)
        {
            builder.Services.AddOutbox(_ => outbox);
        }

        builder.Services.AddSingleton(time ?? TimeProvider.System);
        var app = Program.Build(builder, options, protocols);
        await app.StartAsync();
        return new ServiceUnderTest(folder, app, outbox);
    }

    /// <summary>
    /// Posts with a header of Basic (a key without secret gets an empty one), unless the key is null.
    /// </summary>
    public Task<HttpResponseMessage> PostAsync(
        string path,
        string body,
        string? key,
        params (string Name, string Value)[] headers
    ) => PostAsync(path, new StringContent(body, Encoding.UTF8), key, headers);

    public Task<HttpResponseMessage> PostAsync(
        string path,
        HttpContent body,
        string? key,
        params (string Name, string Value)[] headers
    )
    {
        var basic = key is null
            ? null
            : new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes(key.Contains(':') ? key : $"{key}:"))
            );
        return SendAsync(path, body, basic, headers);
    }

    public Task<HttpResponseMessage> SendAsync(
        string path,
        HttpContent body,
        AuthenticationHeaderValue? authorization,
        params (string Name, string Value)[] headers
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body };
        request.Headers.Authorization = authorization;
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return Http.SendAsync(request);
    }

    public async Task<JsonElement> GetJsonAsync(string path) => JsonElement.Parse(await Http.GetStringAsync(path));

    /// <summary>A vendor's own sample for the path, with times of now.</summary>
    public static string Sample(string source, string path) => Sample(VendorProtocols.All, source, path);

    /// <summary>The first sample of the route whose path ends like the given one.</summary>
    public static string Sample(VendorProtocols protocols, string source, string path) =>
        Sample(protocols, source, path, DateTimeOffset.UtcNow);

    /// <summary>The same at another time.</summary>
    public static string Sample(VendorProtocols protocols, string source, string path, DateTimeOffset now)
    {
        var protocol = protocols.Of(protocols.Sources.Find(source)!)!;
        var route = protocol
            .Routes.OrderByDescending(route => route.Path.Length)
            .First(route => path.EndsWith(route.Path, StringComparison.Ordinal));
        var at = Server.Ingestion.Protocols.Sample.Time(now);
        return protocol.Samples(route, at)[0].Body.ToJsonString();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
