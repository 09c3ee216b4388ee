namespace OfflineConversions.Server.Delivery;

/// <summary>
/// How many requests may be in flight after trouble: one, and one more with each success, so that whoever has just
/// recovered is not run over. Without trouble it sets no limit. Guarded by its owner's lock.
/// </summary>
internal sealed class SlowStart
{
    /// <summary>More than any connection may have in flight (Delivery:MaxConcurrency).</summary>
    private const int Enough = 64;

    private int _allowed = int.MaxValue;

    /// <summary>There is trouble.</summary>
    public void Begin() => _allowed = 1;

    /// <summary>A request after the trouble went well.</summary>
    public void Grow() => _allowed = _allowed < Enough ? _allowed + 1 : int.MaxValue;

    /// <summary>Whether one more may leave beside those in flight.</summary>
    public bool Admits(int inFlight) => inFlight < _allowed;
}
