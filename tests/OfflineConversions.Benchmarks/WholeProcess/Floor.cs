using System.Security.Cryptography;
using System.Text.Json;

namespace OfflineConversions.Benchmarks.WholeProcess;

/// <summary>The work that no implementation can avoid. Ratios to it are comparable between machines.</summary>
internal static class Floor
{
    /// <summary>The values of an order that are hashed.</summary>
    public const int Hashes = 11;

    private static readonly byte[] SomeValue = new byte[20];

    /// <summary>Reads every token of a JSON document.</summary>
    public static void Walk(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read()) { }
    }

    /// <summary>Computes the SHA-256 of as many short values as an order has.</summary>
    public static void Hash()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        for (var index = 0; index < Hashes; index++)
        {
            SHA256.HashData(SomeValue, hash);
        }
    }
}
