using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Sources.Segment;

/// <summary>Segment's registration.</summary>
public sealed class SegmentDefinition : SourceDefinition
{
    /// <summary>The only instance.</summary>
    public static readonly SegmentDefinition Instance = new();

    private SegmentDefinition() { }

    /// <inheritdoc/>
    public override string Name => "Segment";

    /// <inheritdoc/>
    public override string UploadTag => "Segment";

    /// <inheritdoc/>
    public override object CreateOptions() => new SegmentOptions();

    /// <inheritdoc/>
    internal override IEventSource Compile(MappingOptions options) => new SegmentSource(options);

    /// <inheritdoc/>
    public override IEnumerable<string> Datasets(MappingOptions options)
    {
        var segment = options.Of<SegmentOptions>();
        return segment
            .Events.Concat(segment.LeadEvents)
            .Concat(segment.CompleteRegistrationEvents)
            .Select(row => row.EventSetId)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public override IEnumerable<SettingProblem> Check(MappingOptions options)
    {
        var segment = options.Of<SegmentOptions>();
        return
        [
            .. Check(nameof(segment.Events), segment.Events),
            .. Check(nameof(segment.LeadEvents), segment.LeadEvents),
            .. Check(nameof(segment.CompleteRegistrationEvents), segment.CompleteRegistrationEvents),
        ];
    }

    private static IEnumerable<SettingProblem> Check(string list, List<EventSetRow> rows)
    {
        foreach (var (index, row) in rows.Index())
        {
            if (string.IsNullOrWhiteSpace(row.Event))
            {
                yield return new SettingProblem(
                    $"{list}:{index}:{nameof(row.Event)}",
                    "is required: the name of a track event"
                );
            }

            if (!DatasetId.IsValid(row.EventSetId))
            {
                yield return new SettingProblem(
                    $"{list}:{index}:{nameof(row.EventSetId)}",
                    $"must be an event set id; {DatasetId.Rule}"
                );
            }
        }
    }
}
