using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace OfflineConversions.Server.Outbox.Sqlite.Encryption;

/// <summary>
/// Where Data Protection keeps its keys. Not its own folder of files, because a key must be on disk before the first
/// event that needs it is answered, and nobody else may read it, whatever the umask.
/// </summary>
internal sealed class KeyFolder(string path) : IXmlRepository
{
    /// <summary>Every key that can be read: one that a crash left half-written never closed anything.</summary>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        var elements = new List<XElement>();
        foreach (var file in Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.xml") : [])
        {
            try
            {
                OwnerOnly.Tighten(file);
                using var stream = File.OpenRead(file);
                elements.Add(XElement.Load(stream));
            }
            catch (XmlException)
            {
                // The start says which key is missing, where one is.
            }
        }

        return elements;
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        OwnerOnly.CreateFolder(path);
        using var file = OwnerOnly.Open(
            Path.Combine(path, friendlyName + ".xml"),
            FileMode.CreateNew,
            FileAccess.Write,
            FileShare.None
        );
        element.Save(file);
        file.Flush(flushToDisk: true);
    }
}
