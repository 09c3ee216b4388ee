namespace OfflineConversions.Server.Delivery.State;

/// <summary>A time before which a connection sends nothing.</summary>
/// <param name="Reason">One of <see cref="DeliveryReason"/>.</param>
/// <param name="Since">When the slowdown began.</param>
/// <param name="Until">When the connection may send again.</param>
/// <param name="Times">How many times in a row the connection was slowed down for this reason.</param>
/// <param name="Detail">What the reason does not say, in words; null if nothing.</param>
internal sealed record Slowdown(
    string Reason,
    DateTimeOffset Since,
    DateTimeOffset Until,
    int Times,
    string? Detail = null
);

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
    /// <returns>Whether the reason or its detail is new.</returns>
    public bool SlowDown(string reason, DateTimeOffset until, DateTimeOffset now, string? detail = null)
    {
        Restart();
        if (_slowdown is { } other && other.Reason != reason && other.Until >= until)
        {
            return false;
        }

        var isNewReason = _slowdown?.Reason != reason;
        var isNew = isNewReason || _slowdown!.Detail != detail;
        var before = isNewReason ? new Slowdown(reason, now, until, Times: 0) : _slowdown!;
        _slowdown = before with
        {
            Until = before.Until > until ? before.Until : until,
            Times = before.Times + 1,
            Detail = detail,
        };
        return isNew;
    }

    /// <summary>A request succeeded.</summary>
    /// <returns>
    /// Whether more may be sent now. A request that was sent before the slowdown says nothing about it.
    /// </returns>
    /// <param name="now">The current time.</param>
    /// <param name="ended">The slowdown that the success ends; null if there is none.</param>
    public bool Succeeded(DateTimeOffset now, out Slowdown? ended)
    {
        ended = null;
        if (Current(now) is not null)
        {
            return false;
        }

        ended = _slowdown;
        _slowdown = null;
        _allowed = _allowed < Unlimited ? _allowed + 1 : int.MaxValue;
        return true;
    }
}
