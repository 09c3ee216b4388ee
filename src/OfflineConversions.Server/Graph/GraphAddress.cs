namespace OfflineConversions.Server.Graph;

/// <summary>Where Graph is. It may be moved once, because the sandbox of this process learns its port only after Kestrel has started.</summary>
public sealed class GraphAddress(Uri configured)
{
    private Uri? _moved;

    /// <summary>The address requests go to; it may hold a path.</summary>
    public Uri Current => _moved ?? configured;

    /// <summary>Moves Graph, before the first request.</summary>
    /// <exception cref="InvalidOperationException">It was moved before.</exception>
    public void MoveTo(Uri address)
    {
        if (Interlocked.CompareExchange(ref _moved, address, null) is not null)
            throw new InvalidOperationException("Graph's address was moved before.");
    }
}
