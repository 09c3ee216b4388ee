using System.Security.Cryptography;
using System.Text;

namespace OfflineConversions.Server.Connections;

/// <summary>Who may post: finds the connection of a presented key. Holds SHA-256 digests only and compares all of them in constant time.</summary>
public sealed class WriteKeys : IDisposable
{
    private const int StackBytes = 256;
    private readonly (byte[] Digest, WriteKey Key)[] _keys;

    /// <summary>Takes the keys away from the connections: afterwards nobody in the process knows their text.</summary>
    public WriteKeys(IEnumerable<Connection> connections, RateLimitOptions limit)
    {
        var keys = new List<(byte[] Digest, WriteKey Key)>();
        foreach (var connection in connections)
        {
            keys.AddRange(connection.Options.WriteKeys.Select(key => (SHA256.HashData(Encoding.UTF8.GetBytes(key)), new WriteKey(connection, limit))));
            connection.Options.WriteKeys.Clear();
        }

        _keys = [.. keys];
    }

    /// <summary>The key's entry, or <see langword="null"/> where nobody has it.</summary>
    public WriteKey? Find(ReadOnlySpan<char> presented)
    {
        var length = Encoding.UTF8.GetByteCount(presented);
        Span<byte> bytes = length <= StackBytes ? stackalloc byte[StackBytes] : new byte[length];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(presented, bytes)], digest);

        WriteKey? found = null;
        foreach (var (held, key) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(held, digest))
            {
                found = key;
            }
        }

        return found;
    }

    public void Dispose()
    {
        foreach (var (_, key) in _keys)
        {
            key.Dispose();
        }
    }
}
