namespace OfflineConversions.Server.Alerts;

/// <summary>
/// The alerts that webhooks know of. Compares them with those that hold, and says what has to be notified. Not safe for
/// concurrent use.
/// </summary>
internal sealed class NotifiedAlerts
{
    private Dictionary<AlertKey, NotifiedAlert> _known = [];

    /// <summary>Them, in a fixed order.</summary>
    public IReadOnlyList<NotifiedAlert> All =>
        [
            .. _known
                .Values.OrderBy(alert => alert.Name, StringComparer.Ordinal)
                .ThenBy(alert => alert.Connection, StringComparer.Ordinal),
        ];

    /// <summary>Takes over those from before a restart.</summary>
    public void Restore(IEnumerable<NotifiedAlert> notified) =>
        _known = notified.DistinctBy(alert => alert.Key).ToDictionary(alert => alert.Key);

    /// <summary>Compares, and takes what holds for notified.</summary>
    /// <param name="findings">What holds now.</param>
    /// <param name="now">The time.</param>
    public IReadOnlyList<Notification> Compare(AlertFindings findings, DateTimeOffset now)
    {
        var notifications = new List<Notification>();
        var known = new Dictionary<AlertKey, NotifiedAlert>();
        foreach (var alert in findings.Alerts)
        {
            var before = _known.GetValueOrDefault(alert.Key);
            if (before is null || (alert.Reason is not null && alert.Reason != before.Reason))
            {
                notifications.Add(Notification.Firing(alert, now));
            }

            // A reason that is unknown for a while, as after a restart, is no news when it is known again.
            known[alert.Key] = new NotifiedAlert(alert.Name, alert.Connection, alert.Reason ?? before?.Reason);
        }

        foreach (var before in _known.Values.Where(before => !known.ContainsKey(before.Key)))
        {
            if (findings.MayStillHold(before.Key))
            {
                known[before.Key] = before;
            }
            else
            {
                notifications.Add(Notification.Resolved(before, now));
            }
        }

        _known = known;
        return notifications;
    }
}
