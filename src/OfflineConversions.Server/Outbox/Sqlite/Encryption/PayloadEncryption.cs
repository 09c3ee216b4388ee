using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Outbox.Sqlite.Encryption;

/// <summary>
/// Encrypts stored content and decrypts it, with ASP.NET Core Data Protection: AES-256 with an HMAC, a new key every
/// 90 days, old keys kept. Keys are loaded or created when they are first needed.
/// </summary>
internal sealed class PayloadEncryption(OutboxOptions options)
{
    /// <summary>The size of a key's number.</summary>
    public const int KeyBytes = 16;

    // Data Protection's output begins with a magic number and the key's number. Source: Microsoft, "Authenticated
    // encryption details in ASP.NET Core".
    private const int KeyStart = 4;

    private readonly Lazy<KeyRing> _ring = new(() => KeyRing.Open(options.KeyFolder, options.IsEncrypted));

    /// <summary>Whether new content is encrypted.</summary>
    public bool IsOn => options.IsEncrypted;

    /// <summary>The folder of the keys.</summary>
    public string Folder => options.KeyFolder;

    /// <summary>Encrypts content.</summary>
    public byte[] Encrypt(ReadOnlySpan<byte> content) => _ring.Value.Protector.Protect(content.ToArray());

    /// <summary>Decrypts content.</summary>
    /// <exception cref="CryptographicException">The content is damaged, or its key is missing.</exception>
    public byte[] Decrypt(byte[] encrypted) => _ring.Value.Protector.Unprotect(encrypted);

    /// <summary>Decrypts content; <see langword="null"/> if it is damaged or its key is missing.</summary>
    public byte[]? TryDecrypt(byte[] encrypted)
    {
        try
        {
            return Decrypt(encrypted);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>The number of the key that encrypted something.</summary>
    public static ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> encrypted) => encrypted.Slice(KeyStart, KeyBytes);

    /// <summary>Whether the folder has a key.</summary>
    public bool HasKey(ReadOnlySpan<byte> key)
    {
        var id = new Guid(key);
        return _ring.Value.Keys.GetAllKeys().Any(known => known.KeyId == id);
    }

    /// <summary>
    /// Whether the key of encrypted content is missing. False if its bytes have changed, so that it can never be
    /// decrypted.
    /// </summary>
    public bool LacksKeyOf(byte[] encrypted) =>
        encrypted.Length >= KeyStart + KeyBytes && TryDecrypt(encrypted) is null && !HasKey(KeyOf(encrypted));

    private sealed record KeyRing(IDataProtector Protector, IKeyManager Keys)
    {
        public static KeyRing Open(string folder, bool mayCreateKeys)
        {
            var services = new ServiceCollection();
            var protection = services.AddDataProtection().SetApplicationName(nameof(OfflineConversions));
            services.Configure<KeyManagementOptions>(keys => keys.XmlRepository = new KeyFileRepository(folder));
            if (!mayCreateKeys)
            {
                protection.DisableAutomaticKeyGeneration();
            }

            // The provider lives as long as the process and holds nothing that needs to be released.
            var provider = services.BuildServiceProvider();
            return new KeyRing(provider.GetDataProtector("Outbox payload"), provider.GetRequiredService<IKeyManager>());
        }
    }
}
