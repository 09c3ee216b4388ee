using System.Security.Cryptography;
using Microsoft.Extensions.Configuration.Json;

namespace OfflineConversions.Server.Connections;

/// <summary>
/// The files of the configuration, to be read again while the process runs: appsettings, those of <c>--config</c>, and those that hold a secret. They
/// are compared by content and not watched: a mounted secret is exchanged by turning a link, which no watcher sees.
/// </summary>
public sealed class ConfigurationFiles
{
    private readonly IReadOnlyList<IConfigurationSource> _sources;
    private readonly bool _development;
    private IReadOnlyList<string> _secrets;

    private ConfigurationFiles(IReadOnlyList<IConfigurationSource> sources, IReadOnlyList<string> secrets, bool development)
    {
        (_sources, _secrets, _development) = (sources, secrets, development);
        FingerprintAtStart = Fingerprint();
    }

    /// <summary>That of the files as the process found them.</summary>
    public string FingerprintAtStart { get; }

    /// <summary>Those of a builder, with everything that lies between and over them, and those that its options name.</summary>
    public static ConfigurationFiles Of(WebApplicationBuilder builder, ServiceOptions options) =>
        new([.. ((IConfigurationBuilder)builder.Configuration).Sources], SecretFiles.NamedIn(options), builder.Environment.IsDevelopment());

    /// <summary>Equal as long as no file has changed.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in _sources.OfType<JsonConfigurationSource>().Select(PathOf).Concat(_secrets))
        {
            hash.AppendData(ReadFile(path));
            hash.AppendData([0]);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Reads and checks the whole configuration afresh; what is at work is not touched.</summary>
    /// <returns>What was read, or what is wrong with it, and the fingerprint of the files as they were just before.</returns>
    public (ServiceOptions Options, IReadOnlyList<ConfigurationProblem> Problems, string Fingerprint) Read()
    {
        while (true)
        {
            var fingerprint = Fingerprint();
            var (options, problems) = ReadOnce();
            var named = SecretFiles.NamedIn(options);
            if (named.SequenceEqual(_secrets, StringComparer.Ordinal))
            {
                return (options, problems, fingerprint);
            }

            _secrets = named; // Other files than before: they belong to the fingerprint.
        }
    }

    private (ServiceOptions Options, IReadOnlyList<ConfigurationProblem> Problems) ReadOnce()
    {
        var problems = new ConfigurationProblems();
        var builder = new ConfigurationBuilder();
        foreach (var source in _sources)
        {
            builder.Add(source is JsonConfigurationSource json ? Once(json) : source);
        }

        try
        {
            return (ServiceConfiguration.Read(builder.Build(), _development, problems), problems.All);
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
