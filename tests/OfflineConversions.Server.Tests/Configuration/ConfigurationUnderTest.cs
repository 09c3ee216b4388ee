using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Tests.Configuration;

/// <summary>Reads settings as the service does at start-up.</summary>
public abstract class ConfigurationUnderTest : IDisposable
{
    private protected const string Shop = """
        "Connections": { "stores": { "Source": "Segment", "WriteKeys": ["write-key-1"], "AccessToken": "t0ken" } }
        """;

    private protected DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("offline-conversions-");

    public void Dispose()
    {
        Folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected IEnumerable<string> Problems(string settings, string environment = "Production") =>
        Read(["--config", Write($"{Guid.NewGuid():N}.json", $"{{ {settings} }}")], environment)
            .Problems.Select(problem => problem.ToString());

    private protected OptionsReading Read(string[] args, string environment = "Production") =>
        WebApplication
            .CreateBuilder(
                new WebApplicationOptions
                {
                    Args = args,
                    EnvironmentName = environment,
                    ContentRootPath = Folder.FullName,
                }
            )
            .ReadServiceOptions(args, VendorProtocols.All);

    private protected string Write(string name, string text)
    {
        var path = Path.Combine(Folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private protected static string Shipped(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OfflineConversions.sln")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine(folder.FullName, "src", "OfflineConversions.Server", name);
    }
}
