using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace OfflineConversions.Server.Outbox.Encryption;

/// <summary>
/// Stores Data Protection's keys as files. The framework's own repository does not flush a key to disk before the first
/// event that needs it is confirmed, and leaves the mode of its files to the umask.
/// </summary>
internal sealed class KeyFileRepository(string folder) : IXmlRepository
{
    /// <summary>Every readable key. A key that a crash left half-written never encrypted anything.</summary>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        var elements = new List<XElement>();
        foreach (var file in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.xml") : [])
        {
            try
            {
                OwnerOnlyFiles.Restrict(file);
                using var stream = File.OpenRead(file);
                elements.Add(XElement.Load(stream));
            }
            catch (XmlException)
            {
                // If an event needs this key, the start reports it as missing.
            }
        }

        return elements;
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        OwnerOnlyFiles.CreateFolder(folder);
        using var file = OwnerOnlyFiles.Open(
            Path.Combine(folder, friendlyName + ".xml"),
            FileMode.CreateNew,
            FileAccess.Write,
            FileShare.None
        );
        element.Save(file);
        file.Flush(flushToDisk: true);
    }
}
