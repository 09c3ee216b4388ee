using OfflineConversions.Fuzzing.Faults;
using OfflineConversions.Fuzzing.Processes;

namespace OfflineConversions.Fuzzing.Replicas;

/// <summary>Three replicas on one database, and a load balancer that only knows which of them run.</summary>
internal sealed class ReplicaSet : IAsyncDisposable
{
    /// <summary>How many there are.</summary>
    public const int Count = 3;

    private readonly Service[] _services;
    private readonly bool[] _runs = new bool[Count];
    private int _turn;

    /// <param name="folder">Where each gets a folder.</param>
    /// <param name="sandbox">Where their events go.</param>
    /// <param name="outbox">The settings of the outbox that they share, as JSON.</param>
    /// <param name="beside">The folder of the build that the first of them runs; this one if it is empty.</param>
    public ReplicaSet(string folder, Uri sandbox, string outbox, string beside) =>
        _services = [
            .. Enumerable
                .Range(0, Count)
                .Select(number => new Service(
                    Directory.CreateDirectory(Path.Combine(folder, $"replica-{number}")).FullName,
                    sandbox,
                    outbox,
                    number,
                    number == 0 ? beside : ""
                )),
        ];

    /// <summary>One that runs, by turns.</summary>
    public RunningProcess Any
    {
        get
        {
            for (var tries = 0; tries < Count; tries++)
            {
                var turn = (int)((uint)Interlocked.Increment(ref _turn) % Count);
                if (Volatile.Read(ref _runs[turn]))
                {
                    return _services[turn].Process;
                }
            }

            return _services[0].Process;
        }
    }

    /// <summary>The life of a replica in which a token was used, by the token's fingerprint.</summary>
    public IReadOnlyDictionary<string, int> Lives =>
        _services.SelectMany(service => service.Lives).ToDictionary(StringComparer.Ordinal);

    /// <summary>The lives that a SIGKILL ended.</summary>
    public IReadOnlySet<int> Killed => _services.SelectMany(service => service.Killed).ToHashSet();

    /// <summary>Starts all of them, one after the other.</summary>
    public async Task StartAsync()
    {
        for (var number = 0; number < Count; number++)
        {
            await StartAsync(number);
        }
    }

    /// <summary>Kills one, and starts it again.</summary>
    public async Task ReplaceAsync(int number)
    {
        Volatile.Write(ref _runs[number], false);
        await _services[number].KillAsync();
        await StartAsync(number);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
        {
            await service.DisposeAsync();
        }
    }

    private async Task StartAsync(int number)
    {
        await _services[number].StartAsync();
        Volatile.Write(ref _runs[number], true);
    }
}
