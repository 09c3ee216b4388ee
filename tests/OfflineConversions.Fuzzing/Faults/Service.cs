using System.Globalization;
using OfflineConversions.Fuzzing.Processes;

namespace OfflineConversions.Fuzzing.Faults;

/// <summary>
/// The service through its lives: each start continues with the same outbox. Every life, and every change of the
/// configuration, has its own access token, so that a request shows which process sent it.
/// </summary>
/// <param name="folder">Where its files are.</param>
/// <param name="sandbox">Where its events go.</param>
/// <param name="outbox">The settings of its outbox, as JSON.</param>
/// <param name="number">Its number among the replicas of a run.</param>
/// <param name="programs">The folder of its build; this one by default.</param>
internal sealed class Service(string folder, Uri sandbox, string outbox = "{}", int number = 0, string programs = "")
    : IAsyncDisposable
{
    private const int MostLives = 10_000;

    /// <summary>Requests in flight for each connection.</summary>
    public const int MaxConcurrency = 4;

    /// <summary>Events of one request.</summary>
    public const int BatchSize = 50;

    /// <summary>How long the service waits for a response.</summary>
    public static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(6);

    private readonly Dictionary<string, int> _lives = new(StringComparer.Ordinal);
    private readonly HashSet<int> _killed = [];
    private RunningProcess? _process;
    private int _life = number * MostLives;
    private int _change;

    /// <summary>The process, or the last one.</summary>
    public RunningProcess Process => _process!;

    /// <summary>The number of the life in which a token was used, by the token's fingerprint.</summary>
    public IReadOnlyDictionary<string, int> Lives => _lives;

    /// <summary>The lives that a SIGKILL ended.</summary>
    public IReadOnlySet<int> Killed => _killed;

    private string SettingsFile => Path.Combine(folder, "settings.json");

    /// <summary>Starts the next life.</summary>
    public async Task StartAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _life++;
        Configure();
        _process = await RunningProcess.StartAsync(
            Path.Combine(programs, "OfflineConversions.Server.dll"),
            folder,
            environment: null,
            "--config",
            SettingsFile
        );
    }

    public Task KillAsync()
    {
        _killed.Add(_life);
        return Process.KillAsync();
    }

    /// <summary>Writes the configuration with a new token, while the service runs or before it starts.</summary>
    /// <param name="without">The name of a connection that is left out.</param>
    /// <param name="rotates">Whether each connection has a second write key.</param>
    public void Configure(string? without = null, bool rotates = false)
    {
        var token = string.Create(CultureInfo.InvariantCulture, $"token-{_life}-{++_change}");
        _lives.Add(SandboxProcess.Fingerprint(token), _life);
        Write(Settings(token, without, rotates));
        Token = token;
    }

    /// <summary>The token of the latest configuration.</summary>
    public string Token { get; private set; } = "";

    /// <summary>Writes a file that is no configuration; the service must keep the previous one.</summary>
    public void Misconfigure() => Write("{ \"Connections\": ");

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }

    private string Settings(string token, string? without, bool rotates)
    {
        var connections = SalesSource
            .All.Where(source => source.Name != without)
            .Select(source =>
                $$"""
                    "{{source.Name}}": { {{source.Settings}}, "AccessToken": "{{token}}", "BatchSize": {{BatchSize}},
                      "WriteKeys": [ "{{source.Key}}"{{(rotates ? $", \"second-{source.Key}\"" : "")}} ] }
                    """
            );
        return $$"""
            {
              "Graph": { "BaseAddress": "{{sandbox}}", "Timeout": "{{ResponseTimeout:c}}" },
              "Outbox": {{outbox}},
              "Admin": { "ApiKey": "{{OperatorClient.Key}}" },
              "Delivery": {
                "FlushInterval": "00:00:00.05", "MaxConcurrency": {{MaxConcurrency}}, "RetryBaseDelay": "00:00:00.1",
                "RetryMaxDelay": "00:00:02", "ProbeBaseDelay": "00:00:01", "ProbeMaxDelay": "00:00:02"
              },
              "Connections": { {{string.Join(',', connections)}} }
            }
            """;
    }

    /// <summary>Moves a whole file into place, so that the service never reads half of one.</summary>
    private void Write(string text)
    {
        File.WriteAllText(SettingsFile + ".next", text);
        File.Move(SettingsFile + ".next", SettingsFile, overwrite: true);
    }
}
