namespace OfflineConversions.Server.Configuration;

/// <summary>
/// A setting is well formed, but this machine does not allow what it asks for. The message tells the operator what to
/// mend.
/// </summary>
internal sealed class SettingUnusableException(string message, Exception? innerException = null)
    : InvalidOperationException(message, innerException);
