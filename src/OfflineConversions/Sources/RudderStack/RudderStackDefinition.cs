using OfflineConversions.Json;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Sources.RudderStack;

/// <summary>RudderStack's registration.</summary>
public sealed class RudderStackDefinition : SourceDefinition
{
    /// <summary>The only instance.</summary>
    public static readonly RudderStackDefinition Instance = new();

    private RudderStackDefinition() { }

    /// <inheritdoc/>
    public override string Name => "RudderStack";

    /// <summary>Source: RudderStack, "Facebook Offline Conversions": DD, MM, YYYY.</summary>
    public override DateOrder DateOrder => DateOrder.DayFirst;

    /// <inheritdoc/>
    public override string UploadTag => "RudderStack";

    /// <inheritdoc/>
    public override object CreateOptions() => new RudderStackOptions();

    /// <inheritdoc/>
    internal override IEventSource Compile(MappingOptions options) => new RudderStackSource(options);

    /// <inheritdoc/>
    public override IEnumerable<string> Datasets(MappingOptions options) =>
        options
            .Of<RudderStackOptions>()
            .EventsToIds.Select(row => row.To)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override IEnumerable<SettingProblem> Check(MappingOptions options)
    {
        var rudder = options.Of<RudderStackOptions>();
        if (string.IsNullOrWhiteSpace(rudder.ValueFieldIdentifier))
        {
            yield return new SettingProblem(
                nameof(rudder.ValueFieldIdentifier),
                "must be a path, for example properties.value"
            );
        }

        SettingProblem[] ofMaps =
        [
            .. Check(nameof(rudder.EventsToStandard), rudder.EventsToStandard),
            .. Check(nameof(rudder.EventsToIds), rudder.EventsToIds, toIds: true),
            .. Check(nameof(rudder.CategoryToContent), rudder.CategoryToContent),
        ];
        foreach (var problem in ofMaps)
        {
            yield return problem;
        }
    }

    private static IEnumerable<SettingProblem> Check(string map, List<MapRow> rows, bool toIds = false)
    {
        foreach (var (index, row) in rows.Index())
        {
            if (string.IsNullOrWhiteSpace(row.From))
            {
                yield return new SettingProblem($"{map}:{index}:{nameof(row.From)}", "is required: what is looked up");
            }

            if (string.IsNullOrWhiteSpace(row.To))
            {
                yield return new SettingProblem($"{map}:{index}:{nameof(row.To)}", "is required: what it maps to");
            }
            else if (toIds && !DatasetId.IsValid(row.To))
            {
                yield return new SettingProblem(
                    $"{map}:{index}:{nameof(row.To)}",
                    $"is not an event set id; {DatasetId.Rule}"
                );
            }
        }
    }
}
