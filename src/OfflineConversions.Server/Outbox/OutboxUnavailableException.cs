namespace OfflineConversions.Server.Outbox;

/// <summary>A question of the operator cannot be answered now, because the store does not work.</summary>
/// <param name="problem">What is wrong, for the operator.</param>
/// <param name="cause">The error of the store.</param>
internal sealed class OutboxUnavailableException(string problem, Exception cause) : Exception(problem, cause);
