using System.Security.Cryptography;
using Microsoft.Extensions.Configuration.Json;

namespace OfflineConversions.Server.Connections;

/// <summary>
/// The JSON files of the configuration, to be read again while the process runs: appsettings and those of <c>--config</c>. They are compared by
/// content and not watched: a mounted secret is exchanged by turning a link, which no watcher sees.
/// </summary>
public sealed class ConfigurationFiles(IReadOnlyList<IConfigurationSource> sources, bool development)
{
    /// <summary>Those of a builder, with everything that lies between and over them.</summary>
    public static ConfigurationFiles Of(WebApplicationBuilder builder) =>
        new([.. ((IConfigurationBuilder)builder.Configuration).Sources], builder.Environment.IsDevelopment());

    /// <summary>Equal as long as no file has changed.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in sources.OfType<JsonConfigurationSource>().Select(PathOf))
        {
            hash.AppendData(ReadFile(path));
            hash.AppendData([0]);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Reads and checks the whole configuration afresh; what is at work is not touched.</summary>
    public (ServiceOptions Options, IReadOnlyList<ConfigurationProblem> Problems) Read()
    {
        var problems = new ConfigurationProblems();
        var builder = new ConfigurationBuilder();
        foreach (var source in sources)
        {
            builder.Add(source is JsonConfigurationSource json ? Once(json) : source);
        }

        try
        {
            return (ServiceConfiguration.Read(builder.Build(), development, problems), problems.All);
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException or FormatException)
        {
            problems.Add("file", ConfigFile.Explain(failure));
            return (new ServiceOptions(), problems.All);
        }
    }

    private static JsonConfigurationSource Once(JsonConfigurationSource source) =>
        new() { FileProvider = source.FileProvider, Path = source.Path!, Optional = source.Optional, ReloadOnChange = false };

    private static string? PathOf(JsonConfigurationSource source) => source.FileProvider?.GetFileInfo(source.Path ?? string.Empty).PhysicalPath;

    private static byte[] ReadFile(string? path)
    {
        try
        {
            return path is null ? [] : File.ReadAllBytes(path);
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
