using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Outbox.Sqlite.Encryption;

/// <summary>
/// Closes payloads before they are written, and opens what was closed. The work is ASP.NET Core Data Protection's:
/// AES-256 with an HMAC, a new key every 90 days, old ones kept. Nothing of it is made before it is needed.
/// </summary>
internal sealed class PayloadSeal(OutboxOptions options)
{
    // The head of what Data Protection writes: a magic number, then the key. Source: Microsoft, "Authenticated
    // encryption details in ASP.NET Core".
    private const int KeyStart = 4;

    private readonly Lazy<Ring> _ring = new(() => Ring.Open(FolderOf(options), options.Encrypt));

    /// <summary>The bytes of a key's number.</summary>
    public const int KeyBytes = 16;

    /// <summary>Whether payloads are closed from now on.</summary>
    public bool IsOn => options.Encrypt;

    /// <summary>Where the keys are.</summary>
    public string Folder => FolderOf(options);

    /// <summary>Closes what is to be written.</summary>
    public byte[] Close(ReadOnlySpan<byte> payload) => _ring.Value.Protector.Protect(payload.ToArray());

    /// <summary>The payload of a row.</summary>
    /// <exception cref="CryptographicException">It was closed and is damaged, or its key is missing.</exception>
    public byte[] Open(byte[] stored, bool closed) => closed ? _ring.Value.Protector.Unprotect(stored) : stored;

    /// <summary>
    /// The payload of a row, or <see langword="null"/> where it was closed and cannot be opened: damage that a reader
    /// lives with.
    /// </summary>
    public byte[]? TryOpen(byte[] stored, bool closed)
    {
        try
        {
            return Open(stored, closed);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>The number of the key that something was closed with.</summary>
    public static ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> closed) => closed.Slice(KeyStart, KeyBytes);

    /// <summary>Whether the key is there.</summary>
    public bool Has(ReadOnlySpan<byte> key)
    {
        var id = new Guid(key);
        return _ring.Value.Keys.GetAllKeys().Any(known => known.KeyId == id);
    }

    /// <summary>
    /// Whether something closed can never be opened: not for want of its key, but because its bytes have changed.
    /// </summary>
    public bool IsDamaged(byte[] closed) =>
        closed.Length < KeyStart + KeyBytes || (TryOpen(closed, closed: true) is null && Has(KeyOf(closed)));

    private static string FolderOf(OutboxOptions options) =>
        Path.GetFullPath(options.KeyDirectory ?? options.Path + ".keys");

    private sealed record Ring(IDataProtector Protector, IKeyManager Keys)
    {
        public static Ring Open(string folder, bool mayMakeKeys)
        {
            var services = new ServiceCollection();
            var protection = services.AddDataProtection().SetApplicationName(nameof(OfflineConversions));
            services.Configure<KeyManagementOptions>(keys => keys.XmlRepository = new KeyFolder(folder));
            if (!mayMakeKeys)
            {
                protection.DisableAutomaticKeyGeneration();
            }

            // It lives as long as the process and holds nothing that would have to be given back.
            var provider = services.BuildServiceProvider();
            return new Ring(provider.GetDataProtector("Outbox payload"), provider.GetRequiredService<IKeyManager>());
        }
    }
}
