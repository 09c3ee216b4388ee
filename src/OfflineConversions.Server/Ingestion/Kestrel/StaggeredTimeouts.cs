using System.Collections.Concurrent;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace OfflineConversions.Server.Ingestion.Kestrel;

/// <summary>
/// Ends slow connections a few at a time. Kestrel checks its timeouts once a second and wakes every connection that is
/// due. After a wave of slow connections these are thousands at once, and other requests wait behind them. This class
/// wakes them with pauses that leave the processor to others.
/// </summary>
/// <remarks>
/// With Kestrel's own TLS, Kestrel wakes a different reader, and the connections end all at once as in plain Kestrel.
/// </remarks>
internal sealed class StaggeredTimeouts(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly ConcurrentQueue<PipeReader> _due = new();
    private int _waiting;

    /// <summary>Replaces the connection's reader with one whose timeout waits its turn.</summary>
    public void Watch(ConnectionContext connection) =>
        connection.Transport = new Transport(new Reader(connection.Transport.Input, this), connection.Transport.Output);

    private void Enqueue(PipeReader reader)
    {
        _due.Enqueue(reader);
        if (Interlocked.Increment(ref _waiting) == 1)
        {
            _ = WakeAsync();
        }
    }

    // Waking one after each pause costs a tenth of a core. The longer the queue, the more are woken at a time, so that
    // none waits for long.
    private async Task WakeAsync()
    {
        int woken;
        do
        {
            await Task.Delay(Pause, time);
            for (woken = 0; woken <= _waiting / 500 && _due.TryDequeue(out var reader); woken++)
            {
                reader.CancelPendingRead();
            }
        } while (Interlocked.Add(ref _waiting, -woken) > 0);
    }

    private sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Passes everything to the socket's reader except Kestrel's wake-up call.</summary>
    private sealed class Reader(PipeReader socket, StaggeredTimeouts timeouts) : PipeReader
    {
        public override void CancelPendingRead() => timeouts.Enqueue(socket);

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            socket.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => socket.TryRead(out result);

        public override void AdvanceTo(SequencePosition consumed) => socket.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
            socket.AdvanceTo(consumed, examined);

        public override void Complete(Exception? exception = null) => socket.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => socket.CompleteAsync(exception);
    }
}
