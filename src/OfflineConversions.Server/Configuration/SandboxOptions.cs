namespace OfflineConversions.Server.Configuration;

/// <summary>The built-in stand-in for Meta.</summary>
internal sealed class SandboxOptions
{
    /// <summary>Whether it is mounted. Default <see langword="false"/>; the Development settings turn it on.</summary>
    public bool Enabled { get; set; }
}
