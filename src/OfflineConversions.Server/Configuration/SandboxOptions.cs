namespace OfflineConversions.Server.Configuration;

/// <summary>The built-in stand-in for Meta.</summary>
internal sealed class SandboxOptions
{
    /// <summary>
    /// Whether the sandbox is served. Default: <see langword="false"/>; the Development settings enable it.
    /// </summary>
    public bool Enabled { get; set; }
}
