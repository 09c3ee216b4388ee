using System.Diagnostics.Metrics;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Metrics;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Ingestion;

/// <summary>
/// The names of events that the settings of their connection do not mention. Such an event is easily missed, so its
/// name is counted, and logged once an hour.
/// </summary>
internal sealed partial class UnmappedNames
{
    /// <summary>The most names of one connection. Further ones are counted together.</summary>
    public const int MostNames = EventNameLimit.Most;

    /// <summary>What names beyond <see cref="MostNames"/> are counted as.</summary>
    public const string Others = EventNameLimit.Others;

    /// <summary>What a name that looks like personal data is counted as.</summary>
    public const string Hidden = EventNameLimit.Hidden;

    private static readonly TimeSpan LogInterval = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<string, DateTimeOffset>> _logged = new(StringComparer.Ordinal);
    private readonly Counter<long> _events;
    private readonly TimeProvider _time;
    private readonly ILogger<UnmappedNames> _logger;

    public UnmappedNames(IMeterFactory meters, TimeProvider time, ILogger<UnmappedNames> logger)
    {
        _time = time;
        _logger = logger;
        _events = new ServiceMeter(meters, "Ingestion").Counter(
            "offlineconversions.events.unmapped",
            "Events whose name the settings of their connection do not mention."
        );
    }

    /// <summary>Creates the series of a connection whose names are known, at 0.</summary>
    public void Announce(Connection connection)
    {
        Count(connection, Others, 0);
        Count(connection, Hidden, 0);
    }

    /// <summary>Counts and logs the names among the outcomes.</summary>
    public void Note(Connection connection, IReadOnlyList<EventOutcome> outcomes)
    {
        if (!outcomes.Any(IsUnmapped))
        {
            return;
        }

        // A body may have thousands of events under one name, so each name is counted once.
        var names = outcomes.Where(IsUnmapped).CountBy(outcome => (Name: outcome.EventName ?? Hidden, outcome.Outcome));
        foreach (var (group, times) in names)
        {
            var name = Bounded(connection.Name, group.Name, out var isDue);
            Count(connection, name, times);
            if (isDue)
            {
                Log.NotMapped(_logger, connection.Name, name, group.Outcome.Name());
            }
        }
    }

    private void Count(Connection connection, string name, int times) =>
        _events.Add(
            times,
            new("source", connection.Source.Tag),
            new("connection", connection.Name),
            new("event_name", name)
        );

    private static bool IsUnmapped(EventOutcome outcome) => outcome.Reason == Reason.EventNotMapped;

    private string Bounded(string connection, string name, out bool isDue)
    {
        var now = _time.GetUtcNow();
        lock (_gate)
        {
            if (!_logged.TryGetValue(connection, out var names))
            {
                _logged[connection] = names = new(StringComparer.Ordinal);
            }

            var known = names.ContainsKey(name) || names.Count < MostNames ? name : Others;
            isDue = !names.TryGetValue(known, out var last) || now - last >= LogInterval;
            if (isDue)
            {
                names[known] = now;
            }

            return known;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            201,
            LogLevel.Information,
            "No setting of connection {Connection} mentions the event {EventName}: it was {Outcome}"
        )]
        public static partial void NotMapped(ILogger logger, string connection, string eventName, string outcome);
    }
}
