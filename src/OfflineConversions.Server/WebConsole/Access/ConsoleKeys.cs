using System.Collections.Concurrent;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.WebConsole.Access;

/// <summary>
/// The keys that encrypt cookies: in <c>Outbox:KeyDirectory</c> if it is set, so that sessions survive a restart and
/// are good at every replica; otherwise only in memory, so that a restart ends them.
/// </summary>
internal static class ConsoleKeys
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static void AddConsoleKeys(this IServiceCollection services, OutboxOptions outbox)
    {
        var protection = services.AddDataProtection().SetApplicationName("OfflineConversions console");
        if (outbox.KeyDirectory is null)
        {
            services.Configure<KeyManagementOptions>(keys => keys.XmlRepository = new KeysInMemory());
        }
        else
        {
            protection.PersistKeysToFileSystem(FolderIn(outbox.KeyFolder));
        }

        // It would warn at every start that these keys are not encrypted themselves, and that a restart ends sessions.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error));
    }

    // A folder of its own, because the outbox would take every key beside its own for one of events.
    private static DirectoryInfo FolderIn(string keys)
    {
        var folder = Path.Combine(keys, "console");
        return OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(folder)
            : Directory.CreateDirectory(folder, OwnerOnly);
    }

    private sealed class KeysInMemory : IXmlRepository
    {
        private readonly ConcurrentQueue<XElement> _keys = new();

        public IReadOnlyCollection<XElement> GetAllElements() => [.. _keys];

        public void StoreElement(XElement element, string friendlyName) => _keys.Enqueue(element);
    }
}
