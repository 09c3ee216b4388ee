using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Outbox.Encryption;

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
    private static readonly byte[] Magic = [0x09, 0xF0, 0xC9, 0xF0];

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

    /// <summary>
    /// Whether content is encrypted. Its first bytes say so, which no other content has, so a damaged flag beside it
    /// costs nothing.
    /// </summary>
    public static bool IsEncrypted(ReadOnlySpan<byte> content) =>
        content.Length >= KeyStart + KeyBytes && content.StartsWith(Magic);

    /// <summary>
    /// Decrypts content; <see langword="null"/> if it is damaged or its key is missing. If only the number of its key
    /// is damaged, another key decrypts it: its HMAC proves that nothing else has changed.
    /// </summary>
    public byte[]? TryDecrypt(byte[] encrypted) =>
        TryDecryptAsIs(encrypted) is { } content ? content
        : HasKey(KeyOf(encrypted).ToArray()) ? null
        : Keys.Select(key => TryDecryptAsIs([.. Magic, .. key, .. encrypted[(KeyStart + KeyBytes)..]]))
            .FirstOrDefault(decrypted => decrypted is not null);

    /// <summary>The number of the key that encrypted something.</summary>
    public static ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> encrypted) => encrypted.Slice(KeyStart, KeyBytes);

    /// <summary>What content that a key has encrypted begins with.</summary>
    public static byte[] BeginOf(ReadOnlySpan<byte> key) => [.. Magic, .. key];

    /// <summary>The numbers of the keys in the folder.</summary>
    public IEnumerable<byte[]> Keys => _ring.Value.Keys.GetAllKeys().Select(key => key.KeyId.ToByteArray());

    /// <summary>Whether the folder has a key.</summary>
    public bool HasKey(byte[] key) => Keys.Any(key.SequenceEqual);

    /// <summary>
    /// The number of the key that content seems to need and that the folder does not have; <see langword="null"/> if
    /// the content is not encrypted, can be decrypted, or is damaged for certain. A number that was never recorded is
    /// itself damaged.
    /// </summary>
    public byte[]? FindMissingKey(byte[] content) =>
        IsEncrypted(content) && KeyOf(content).ToArray() is var key && !HasKey(key) && TryDecrypt(content) is null
            ? key
            : null;

    private byte[]? TryDecryptAsIs(byte[] encrypted)
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
