namespace OfflineConversions.Sandbox.Rules;

/// <summary>
/// The allowed age of an event. Source: Meta, "Using the API" (7 days) and "Offline events" (62 days).
/// </summary>
internal static class TimeRules
{
    public static readonly Rule Missing = Rule.General(
        "event_time_missing",
        "Every event needs an event_time in Unix seconds."
    );
    public static readonly Rule TooOld = new(
        "event_time_too_old",
        2804003,
        "Event Timestamp Too Old",
        "The event_time is more than 7 days ago, or more than 62 days for a physical store."
    );
    public static readonly Rule InTheFuture = new(
        "event_time_in_the_future",
        2804004,
        "Event Timestamp In The Future",
        "The event_time is in the future. It must be in seconds, not milliseconds."
    );

    public static readonly TimeSpan Window = TimeSpan.FromDays(7);
    public static readonly TimeSpan StoreWindow = TimeSpan.FromDays(62);

    /// <summary>Meta documents no tolerance; a minute allows for clocks that disagree.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    public static Violation? Check(EventCheck check)
    {
        if (!check.Has(check.Event, "event_time", out var time))
        {
            return Missing.At("event_time");
        }

        var seconds = time.GetInt64();
        var offline = check.Shape == EventShape.OfflineEvents || check.ActionSource == "physical_store";
        if (seconds > (check.Now + Tolerance).ToUnixTimeSeconds())
        {
            return InTheFuture.At("event_time");
        }

        return seconds < (check.Now - (offline ? StoreWindow : Window)).ToUnixTimeSeconds()
            ? TooOld.At("event_time")
            : null;
    }
}
