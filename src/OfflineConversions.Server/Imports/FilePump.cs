using System.IO.Pipelines;
using OfflineConversions.Server.Imports.Reading;

namespace OfflineConversions.Server.Imports;

/// <summary>
/// Moves the file from the request to the thread that reads it. It reads no further ahead than a megabyte, so a caller
/// sends no faster than rows are committed.
/// </summary>
internal sealed class FilePump(TimeSpan idleTimeout, TimeProvider time)
{
    private const int ReadAheadBytes = 1024 * 1024;
    private const int BlockBytes = 64 * 1024;

    private readonly Pipe _pipe = new(
        new PipeOptions(
            pauseWriterThreshold: ReadAheadBytes,
            resumeWriterThreshold: ReadAheadBytes / 2,
            minimumSegmentSize: BlockBytes,
            useSynchronizationContext: false
        )
    );

    /// <summary>The file, for the thread that reads it.</summary>
    public Stream File => _pipe.Reader.AsStream();

    /// <summary>Moves the file until its end, until nothing arrives for too long, or until the reader stops.</summary>
    /// <param name="body">The file as it arrives.</param>
    /// <param name="cancellationToken">Cancelled when the caller is gone or the import ends.</param>
    public async Task RunAsync(Stream body, CancellationToken cancellationToken)
    {
        try
        {
            await MoveAsync(body, cancellationToken);
            await _pipe.Writer.CompleteAsync();
        }
#pragma warning disable CA1031 // Whatever keeps the file from arriving, its reader is the one to know.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            await _pipe.Writer.CompleteAsync(
                new UnreadableFileException(
                    UnreadableFile.Interrupted,
                    failure is TimeoutException
                        ? $"Nothing arrived for {idleTimeout} (Imports:IdleTimeout)."
                        : "The file stopped arriving."
                )
            );
        }
    }

    private async Task MoveAsync(Stream body, CancellationToken cancellationToken)
    {
        while (true)
        {
            var block = _pipe.Writer.GetMemory(BlockBytes);
            var read = await body.ReadAsync(block, cancellationToken)
                .AsTask()
                .WaitAsync(idleTimeout, time, cancellationToken);
            if (read == 0)
            {
                return;
            }

            _pipe.Writer.Advance(read);
            if ((await _pipe.Writer.FlushAsync(cancellationToken)).IsCompleted)
            {
                return;
            }
        }
    }
}
