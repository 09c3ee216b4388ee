namespace OfflineConversions.Server.Outbox;

/// <summary>The operator asks for something that the configured store does not keep.</summary>
/// <param name="explanation">What is missing, for the operator.</param>
internal sealed class NotInThisStoreException(string explanation) : Exception(explanation);
