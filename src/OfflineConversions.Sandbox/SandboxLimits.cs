namespace OfflineConversions.Sandbox;

/// <summary>How much the sandbox remembers. What falls out of memory is still counted.</summary>
/// <param name="Events">The newest events kept. Default 100,000.</param>
/// <param name="Requests">The newest requests kept. Default 10,000.</param>
public sealed record SandboxLimits(int Events = 100_000, int Requests = 10_000);
