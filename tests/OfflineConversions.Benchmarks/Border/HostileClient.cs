namespace OfflineConversions.Benchmarks.Border;

/// <summary>One kind of hostile client.</summary>
/// <param name="Name">Its name in the report.</param>
/// <param name="AttackAsync">
/// Attacks the service on a port until the given task ends, and returns a line about what it did. It prints <see
/// cref="HostileProcess.Ready"/> once it has started.
/// </param>
internal sealed record HostileClient(string Name, Func<int, Task, Task<string>> AttackAsync)
{
    /// <summary>Every kind, in the order in which they are measured.</summary>
    public static IReadOnlyList<HostileClient> All { get; } =
    [
        new("slow-sockets", (port, ended) => Task.FromResult(SlowSockets.Hold(port, ended))),
        new("nasty-bodies", NastyBodies.StreamAsync),
        new("empty-events", NastyBodies.StreamEmptyEventsAsync),
        new("nasty-elsewhere", (_, ended) => NastyBodies.StreamElsewhereAsync(ended)),
    ];
}
