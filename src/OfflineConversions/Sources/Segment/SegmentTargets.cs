using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Sources.Segment;

/// <summary>Which event sets a track event goes to, by the connection's three lists.</summary>
internal sealed class SegmentTargets
{
    private readonly Dictionary<string, List<Target>> _targets = new(StringComparer.Ordinal);

    /// <summary>Reads the three lists.</summary>
    public SegmentTargets(SegmentOptions options, IMetaShape shape)
    {
        Add(options.Events, name =>
            SegmentEventNames.Semantic.GetValueOrDefault(name) ?? shape.NameOfCustomEvent(name)
        );
        Add(options.LeadEvents, _ => SegmentEventNames.Lead);
        Add(options.CompleteRegistrationEvents, _ => SegmentEventNames.CompleteRegistration);
    }

    /// <summary>One target for each row, equal ones once; empty for an event that is in no list.</summary>
    public IReadOnlyList<Target> For(string eventName) =>
        _targets.TryGetValue(eventName, out var targets) ? targets : [];

    private void Add(IEnumerable<EventSetRow> rows, Func<string, string> eventNameAtMeta)
    {
        foreach (var row in rows)
        {
            if (row.Event?.Trim() is not { } name || row.EventSetId?.Trim() is not { } id)
            {
                continue;
            }

            if (!_targets.TryGetValue(name, out var targets))
            {
                _targets[name] = targets = [];
            }

            var target = new Target(id, eventNameAtMeta(name));
            if (!targets.Contains(target))
            {
                targets.Add(target);
            }
        }
    }
}
