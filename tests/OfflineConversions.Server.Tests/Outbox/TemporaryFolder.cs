namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>A separate folder for one test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const string MemoryDisk = "/dev/shm";

    /// <param name="fast">
    /// In memory where the machine has such a disk: for tests of what is stored, not of how safely.
    /// </param>
    public TemporaryFolder(bool fast = false) =>
        Path =
            fast && Directory.Exists(MemoryDisk)
                ? Directory.CreateDirectory(System.IO.Path.Combine(MemoryDisk, $"outbox-{Guid.NewGuid():N}")).FullName
                : Directory.CreateTempSubdirectory("outbox-").FullName;

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
