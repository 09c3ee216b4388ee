using System.Net;
using System.Text;

namespace OfflineConversions.Server.Tests.Imports;

/// <summary>A file whose last bytes arrive only when the test wants them, or never.</summary>
internal sealed class SlowFile(string text, int heldBack = 10) : HttpContent
{
    private readonly byte[] _bytes = Encoding.UTF8.GetBytes(text);
    private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Finish() => _finish.TrySetResult();

    /// <summary>The connection breaks.</summary>
    public void Break() => _finish.TrySetException(new IOException("The network is gone."));

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(_bytes.AsMemory(0, _bytes.Length - heldBack));
        await stream.FlushAsync();
        await _finish.Task;
        await stream.WriteAsync(_bytes.AsMemory(_bytes.Length - heldBack));
    }

    /// <summary>A test that fails before the end leaves no request that waits forever.</summary>
    protected override void Dispose(bool disposing)
    {
        Break();
        base.Dispose(disposing);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
