using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration.Json;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Configuration.Secrets;

namespace OfflineConversions.Server.Configuration;

/// <summary>
/// The files of the configuration, which a running process reads again: appsettings, the <c>--config</c> files, and
/// files that contain a secret. They are compared by content rather than watched: a mounted secret is replaced by
/// redirecting a symbolic link, which no watcher notices.
/// </summary>
internal sealed class ConfigurationFiles
{
    private const int MostBytes = 16 * 1024 * 1024;

    private readonly IReadOnlyList<IConfigurationSource> _sources;
    private readonly bool _development;
    private readonly ISourceRegistry _registry;
    private readonly HashSet<string> _present;
    private IReadOnlyList<string> _secrets;

    private ConfigurationFiles(
        IReadOnlyList<IConfigurationSource> sources,
        IReadOnlyList<string> secrets,
        bool development,
        ISourceRegistry registry
    )
    {
        (_sources, _secrets, _development, _registry) = (sources, secrets, development, registry);
        _present = [.. Json.Where(File.Exists)];
        FingerprintAtStart = Fingerprint();
    }

    /// <summary>The fingerprint of the files when the process read them first.</summary>
    public string FingerprintAtStart { get; }

    private IEnumerable<string> Json => _sources.OfType<JsonConfigurationSource>().Select(PathOf).OfType<string>();

    /// <summary>
    /// The files of a builder, together with its other configuration sources, and the secret files that its options
    /// name.
    /// </summary>
    public static ConfigurationFiles Of(
        WebApplicationBuilder builder,
        ServiceOptions options,
        ISourceRegistry registry
    ) =>
        new(
            [.. ((IConfigurationBuilder)builder.Configuration).Sources],
            SecretFiles.NamedIn(options),
            builder.Environment.IsDevelopment(),
            registry
        );

    /// <summary>A hash of all files. It stays the same as long as no file changes.</summary>
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

    /// <summary>Reads and checks the whole configuration again. The current one is not touched.</summary>
    public FileReading Read()
    {
        while (true)
        {
            var fingerprint = Fingerprint();
            var (options, problems) = ReadOnce();
            var named = SecretFiles.NamedIn(options);
            if (named.SequenceEqual(_secrets, StringComparer.Ordinal))
            {
                return new FileReading(options, problems, fingerprint);
            }

            _secrets = named; // The fingerprint must include the newly named files.
        }
    }

    private OptionsReading ReadOnce()
    {
        var problems = new ConfigurationProblems();
        foreach (var path in Json.Where(File.Exists))
        {
            if (CappedFile.Read(path, MostBytes).Problem is { } problem)
            {
                problems.Add("file", $"{path} {problem}");
            }
        }

        return problems.All.Count > 0 ? new OptionsReading(new ServiceOptions(), problems.All) : ReadAll(problems);
    }

    private OptionsReading ReadAll(ConfigurationProblems problems)
    {
        var builder = new ConfigurationBuilder();
        foreach (var source in _sources)
        {
            builder.Add(
                source switch
                {
                    JsonConfigurationSource json => WithoutReload(json),
                    ChainedConfigurationSource { Configuration: { } shared } => WithoutDisposal(shared),
                    _ => source,
                }
            );
        }

        try
        {
            var configuration = builder.Build();
            // The host's configuration would otherwise keep every one that was read, with the text of its keys.
            using var disposal = configuration as IDisposable;
            var read = ServiceConfiguration.Read(configuration, _development, _registry, problems);
            _present.UnionWith(Json.Where(File.Exists));
            return new OptionsReading(read, problems.All);
        }
        catch (Exception failure)
            when (failure is InvalidDataException or IOException or UnauthorizedAccessException or FormatException)
        {
            problems.Add("file", ConfigFile.Explain(failure));
            return new OptionsReading(new ServiceOptions(), problems.All);
        }
    }

    // A file that was present once is required from then on: while it is being replaced, it may be absent for a moment.
    private JsonConfigurationSource WithoutReload(JsonConfigurationSource source) =>
        new()
        {
            FileProvider = source.FileProvider,
            Path = source.Path!,
            Optional = source.Optional && !_present.Contains(PathOf(source) ?? string.Empty),
            ReloadOnChange = false,
        };

    private static ChainedConfigurationSource WithoutDisposal(IConfiguration shared) =>
        new() { Configuration = shared, ShouldDisposeConfiguration = false };

    private static string? PathOf(JsonConfigurationSource source) =>
        source.FileProvider?.GetFileInfo(source.Path ?? string.Empty).PhysicalPath;
}

/// <summary>The result of reading the configuration files again.</summary>
/// <param name="Options">The options. Usable only without problems.</param>
/// <param name="Problems">Everything that is wrong.</param>
/// <param name="Fingerprint">The fingerprint of the files just before they were read.</param>
internal sealed record FileReading(
    ServiceOptions Options,
    IReadOnlyList<ConfigurationProblem> Problems,
    string Fingerprint
);
