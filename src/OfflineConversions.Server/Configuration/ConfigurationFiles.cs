using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration.Json;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Configuration.Secrets;

namespace OfflineConversions.Server.Configuration;

/// <summary>
/// The files of the configuration, to be read again while the process runs: appsettings, those of <c>--config</c>, and
/// those that hold a secret. They are compared by content and not watched: a mounted secret is exchanged by turning a
/// link, which no watcher sees.
/// </summary>
internal sealed class ConfigurationFiles
{
    private const int MostBytes = 16 * 1024 * 1024;

    private readonly IReadOnlyList<IConfigurationSource> _sources;
    private readonly bool _development;
    private readonly HashSet<string> _present;
    private IReadOnlyList<string> _secrets;

    private ConfigurationFiles(
        IReadOnlyList<IConfigurationSource> sources,
        IReadOnlyList<string> secrets,
        bool development
    )
    {
        (_sources, _secrets, _development) = (sources, secrets, development);
        _present = [.. Json.Where(File.Exists)];
        FingerprintAtStart = Fingerprint();
    }

    /// <summary>That of the files as the process found them.</summary>
    public string FingerprintAtStart { get; }

    private IEnumerable<string> Json => _sources.OfType<JsonConfigurationSource>().Select(PathOf).OfType<string>();

    /// <summary>
    /// Those of a builder, with everything that lies between and over them, and those that its options name.
    /// </summary>
    public static ConfigurationFiles Of(WebApplicationBuilder builder, ServiceOptions options) =>
        new(
            [.. ((IConfigurationBuilder)builder.Configuration).Sources],
            SecretFiles.NamedIn(options),
            builder.Environment.IsDevelopment()
        );

    /// <summary>Equal as long as no file has changed.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (
            var (path, most) in Json.Select(path => (path, MostBytes))
                .Concat(_secrets.Select(path => (path, SecretFiles.MostBytes)))
        )
        {
            var (bytes, problem) = CappedFile.Read(path, most);
            hash.AppendData(problem is null ? bytes : Encoding.UTF8.GetBytes(problem));
            hash.AppendData([0]);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Reads and checks the whole configuration afresh; what is at work is not touched.</summary>
    /// <returns>
    /// What was read, or what is wrong with it, and the fingerprint of the files as they were just before.
    /// </returns>
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
        foreach (var path in Json.Where(File.Exists))
        {
            if (CappedFile.Read(path, MostBytes).Problem is { } problem)
            {
                problems.Add("file", $"{path} {problem}");
            }
        }

        return problems.All.Count > 0 ? (new ServiceOptions(), problems.All) : ReadAll(problems);
    }

    private (ServiceOptions Options, IReadOnlyList<ConfigurationProblem> Problems) ReadAll(
        ConfigurationProblems problems
    )
    {
        var builder = new ConfigurationBuilder();
        foreach (var source in _sources)
        {
            builder.Add(source is JsonConfigurationSource json ? Once(json) : source);
        }

        try
        {
            var read = ServiceConfiguration.Read(builder.Build(), _development, problems);
            _present.UnionWith(Json.Where(File.Exists));
            return (read, problems.All);
        }
        catch (Exception failure)
            when (failure is InvalidDataException or IOException or UnauthorizedAccessException or FormatException)
        {
            problems.Add("file", ConfigFile.Explain(failure));
            return (new ServiceOptions(), problems.All);
        }
    }

    // A file that is being exchanged may be gone for a moment; the connections in it are not.
    private JsonConfigurationSource Once(JsonConfigurationSource source) =>
        new()
        {
            FileProvider = source.FileProvider,
            Path = source.Path!,
            Optional = source.Optional && !_present.Contains(PathOf(source) ?? string.Empty),
            ReloadOnChange = false,
        };

    private static string? PathOf(JsonConfigurationSource source) =>
        source.FileProvider?.GetFileInfo(source.Path ?? string.Empty).PhysicalPath;
}
