using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Delivery.State;

/// <summary>A time before which a connection sends nothing.</summary>
/// <param name="Reason">One of <see cref="DeliveryReason"/>.</param>
/// <param name="Since">When the slowdown began.</param>
/// <param name="Until">When the connection may send again.</param>
/// <param name="Times">How many times in a row the connection was slowed down for this reason.</param>
internal sealed record Slowdown(string Reason, DateTimeOffset Since, DateTimeOffset Until, int Times);

/// <summary>
/// How fast a connection sends: not before a slowdown ends, and slowly after trouble. After trouble one request may be
/// in flight, and one more with each success, so that a server which has just recovered is not overloaded. Its owner's
/// lock guards it.
/// </summary>
internal sealed class SendingPace
{
    /// <summary>More requests than any connection may have in flight (Delivery:MaxConcurrency).</summary>
    private const int Unlimited = 64;

    private Slowdown? _slowdown;
    private int _allowed = int.MaxValue;

    /// <summary>How many times in a row the connection was slowed down for the same reason.</summary>
    public int Slowdowns => _slowdown?.Times ?? 0;

    /// <summary>The slowdown that has not ended; null if there is none.</summary>
    public Slowdown? Current(DateTimeOffset now) => _slowdown is { } slowdown && slowdown.Until > now ? slowdown : null;

    /// <summary>Whether one more request may be in flight beside the others.</summary>
    public bool Admits(int inFlight) => inFlight < _allowed;

    /// <summary>Begins again with one request in flight.</summary>
    public void Restart() => _allowed = 1;

    /// <summary>Sends nothing before a time. Of two reasons the one with the longer wait counts.</summary>
    /// <returns>Whether the reason is new.</returns>
    public bool SlowDown(string reason, DateTimeOffset until, DateTimeOffset now)
    {
        Restart();
        if (_slowdown is { } other && other.Reason != reason && other.Until >= until)
        {
            return false;
        }

        var isNew = _slowdown?.Reason != reason;
        var before = isNew ? new Slowdown(reason, now, until, Times: 0) : _slowdown!;
        _slowdown = before with { Until = before.Until > until ? before.Until : until, Times = before.Times + 1 };
        return isNew;
    }

    /// <summary>A request succeeded.</summary>
    /// <returns>
    /// Whether more may be sent now. A request that was sent before the slowdown says nothing about it.
    /// </returns>
    public bool Succeeded(DateTimeOffset now)
    {
        if (Current(now) is not null)
        {
            return false;
        }

        _slowdown = null;
        _allowed = _allowed < Unlimited ? _allowed + 1 : int.MaxValue;
        return true;
    }
}
