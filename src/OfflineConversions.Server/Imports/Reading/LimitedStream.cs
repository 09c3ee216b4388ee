namespace OfflineConversions.Server.Imports.Reading;

/// <summary>
/// Counts the bytes that are read and stops at a limit. Decompressed bytes are also compared with those that they come
/// from, so that a compression bomb ends long before it fills the limit.
/// </summary>
internal sealed class LimitedStream(Stream inner, long limit, LimitedStream? compressed = null) : ReadOnlyStream(inner)
{
    /// <summary>Exports shrink to a tenth or a thirtieth; nothing that people sell shrinks to a thousandth.</summary>
    private const long HighestRatio = 1000;
    private const long NeverABomb = 16 * 1024 * 1024;

    /// <summary>The bytes read so far.</summary>
    public long BytesRead { get; private set; }

    public override long Position
    {
        get => BytesRead;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var read = Inner.Read(buffer);
        BytesRead += read;
        if (BytesRead > limit)
        {
            throw new UnreadableFileException(
                UnreadableFile.TooLarge,
                $"The file exceeds the limit of {limit} bytes (Imports:MaxBytes)."
            );
        }

        if (compressed is not null && BytesRead > NeverABomb && BytesRead / HighestRatio > compressed.BytesRead)
        {
            throw new UnreadableFileException(
                UnreadableFile.TooLarge,
                $"The file expands to more than {HighestRatio} times its size, as no export does."
            );
        }

        return read;
    }
}
