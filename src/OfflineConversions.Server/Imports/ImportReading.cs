using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Imports.Reading;

namespace OfflineConversions.Server.Imports;

/// <summary>
/// Reads a file from its first row to its last, on a thread of its own: maps a batch while the one before it is on its
/// way to disk. Rows that an earlier run has committed are only compared with what it saw.
/// </summary>
internal sealed class ImportReading(
    Connection connection,
    ImportCommits commits,
    ImportContext context,
    ImportOptions options,
    TimeProvider time
)
{
    private readonly bool _isTable = connection.Source.TableOf(connection.Options) is not null;
    private Connection? _settled;
    private long _lastRow;
    private Task _committing = Task.CompletedTask;

    /// <summary>Whether the file is another one than that of the earlier run.</summary>
    public bool IsOtherFile { get; private set; }

    /// <summary>Reads the file. Blocks, so it must not run on the pool.</summary>
    /// <exception cref="UnreadableFileException">The file cannot be read beyond some row.</exception>
    /// <exception cref="OperationCanceledException">The import was cancelled.</exception>
    public void Run(Stream file, Upload upload, CancellationToken cancellationToken)
    {
        try
        {
            using var rows = FileReader.Open(file, upload, connection.Source.TableOf(connection.Options), options);
            Read(rows, cancellationToken);
        }
        catch (UnreadableFileException)
        {
            // What was read before the problem is committed. What is not complete is read again.
            Finish();
            throw;
        }

        Finish();
    }

    private void Read(IRowReader rows, CancellationToken cancellationToken)
    {
        var batch = new RowBatch(_isTable);
        while (rows.TryRead(out var row))
        {
            if (_settled is not null && row.Number <= context.Before.Position)
            {
                batch.Pass(row);
            }
            else
            {
                batch.Add(row);
            }

            if (IsOtherAt(row.Number, batch.Digest))
            {
                IsOtherFile = true;
                return;
            }

            _lastRow = row.Number;

            if (batch.IsFull)
            {
                Flush(batch, isLast: false, cancellationToken);
                if (commits.IsStopped)
                {
                    return;
                }
            }
        }

        IsOtherFile = _lastRow < context.Before.Position;
        if (!IsOtherFile)
        {
            Flush(batch, isLast: true, cancellationToken);
        }
    }

    private bool IsOtherAt(long row, UInt128 digest)
    {
        var before = context.Before;
        return (row == before.HeadPosition && digest != before.HeadDigest)
            || (row == before.Position && digest != before.Digest)
            || (row > before.Position && _lastRow < before.Position);
    }

    private void Flush(RowBatch batch, bool isLast, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_settled is null)
        {
            _settled = _isTable ? TablePreview.Settle(connection, batch) : connection;
            if (context.Before.Position > 0)
            {
                batch.DropThrough(context.Before.Position);
            }
        }

        var mapped = batch.Map(_settled.Pipeline, time.GetUtcNow(), isLast);
        Finish();
        if (!commits.IsStopped)
        {
            _committing = commits.CommitAsync(_settled, mapped, cancellationToken);
        }
    }

    private void Finish()
    {
        var committing = _committing;
        _committing = Task.CompletedTask;
        committing.GetAwaiter().GetResult();
    }
}
