using System.Collections.Concurrent;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace OfflineConversions.Server.Ingestion;

/// <summary>
/// Ends slow connections a few at a time. Kestrel looks at its time-outs once a second and then wakes all that are due:
/// after a wave of slow connections thousands at once, and an honest post waits behind them. Here they are woken with
/// pauses that leave the cores to others.
/// </summary>
/// <remarks>Over Kestrel's own TLS the reader that Kestrel wakes is not this one, and they end at once.</remarks>
internal sealed class CutOffs(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly ConcurrentQueue<PipeReader> _due = new();
    private int _waiting;

    /// <summary>Lets the connection's reader be woken in turn.</summary>
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

    // One after each pause costs a tenth of a core. The more wait, the more at a time, so that none waits for long.
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

    private sealed class Reader(PipeReader socket, CutOffs cutOffs) : PipeReader
    {
        public override void CancelPendingRead() => cutOffs.Enqueue(socket);

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
