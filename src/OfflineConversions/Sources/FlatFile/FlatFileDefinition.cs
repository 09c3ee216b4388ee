using OfflineConversions.Json;

namespace OfflineConversions.Sources.FlatFile;

/// <summary>The registration of files: the sales of a shop without a vendor in between.</summary>
public sealed class FlatFileDefinition : SourceDefinition
{
    private const int LongestHeader = ColumnHeader.Longest;

    /// <summary>The only instance.</summary>
    public static readonly FlatFileDefinition Instance = new();

    private FlatFileDefinition() { }

    /// <inheritdoc/>
    public override string Name => "File";

    /// <inheritdoc/>
    public override string DatasetName => "dataset id";

    /// <inheritdoc/>
    public override string UploadTag => "File";

    /// <inheritdoc/>
    public override bool IsPosted => false;

    /// <summary>As long as Meta accepts sales of a store: a file may be sent again after weeks.</summary>
    public override TimeSpan DeduplicationWindow => TimeSpan.FromDays(62);

    /// <inheritdoc/>
    public override object CreateOptions() => new FlatFileOptions();

    /// <inheritdoc/>
    internal override IEventSource Compile(MappingOptions options) => new FlatFileSource(options);

    /// <inheritdoc/>
    internal override TableFormat? TableOf(MappingOptions options)
    {
        var settings = options.Of<FlatFileOptions>();
        return new TableFormat(
            FlatFileFormat.EncodingOf(settings.Encoding) is var encoding and not FlatFileFormat.Auto ? encoding : null,
            FlatFileFormat.SeparatorOf(settings.Separator) is var separator and not default(char) ? separator : null,
            new FlatFileColumns(settings).Knows
        );
    }

    /// <inheritdoc/>
    internal override IReadOnlyCollection<string> HeadersOf(MappingOptions options) =>
        new FlatFileColumns(options.Of<FlatFileOptions>()).Headers;

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Columns { get; } =
    [.. FlatFileColumns.Names.OrderBy(name => name.Value).Select(name => name.Key)];

    /// <inheritdoc/>
    internal override IReadOnlyList<string?> ColumnsOf(MappingOptions options, IReadOnlyList<string> headers)
    {
        var columns = new FlatFileColumns(options.Of<FlatFileOptions>());
        return [.. headers.Select(header => columns.NameOf(header))];
    }

    /// <inheritdoc/>
    internal override void Complete(MappingOptions options, JsonPart rows)
    {
        var settings = options.Of<FlatFileOptions>();
        var detection = new FlatFileDetection(settings);
        detection.Look(rows);
        options.DateOrder ??= detection.DateOrder;
        options.SourceOptions = new FlatFileOptions
        {
            EventName = settings.EventName,
            TimeZone = settings.TimeZone,
            Columns = settings.Columns,
            Encoding = settings.Encoding,
            Separator = settings.Separator,
            DecimalSeparator =
                FlatFileFormat.DecimalSeparatorOf(settings.DecimalSeparator) == default(char)
                    ? detection.DecimalSeparator ?? FlatFileFormat.Auto
                    : settings.DecimalSeparator,
            EventIdColumn = settings.EventIdColumn,
        };
    }

    /// <inheritdoc/>
    public override IEnumerable<SettingProblem> Check(MappingOptions options)
    {
        var settings = options.Of<FlatFileOptions>();
        if (FlatFileFormat.EncodingOf(settings.Encoding) is null)
        {
            yield return Allowed(nameof(settings.Encoding), settings.Encoding, FlatFileFormat.Encodings);
        }

        if (FlatFileFormat.SeparatorOf(settings.Separator) is null)
        {
            yield return Allowed(nameof(settings.Separator), settings.Separator, FlatFileFormat.Separators);
        }

        if (FlatFileFormat.DecimalSeparatorOf(settings.DecimalSeparator) is null)
        {
            yield return Allowed(
                nameof(settings.DecimalSeparator),
                settings.DecimalSeparator,
                FlatFileFormat.DecimalSeparators
            );
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(settings.TimeZone, out _))
        {
            yield return new SettingProblem(
                nameof(settings.TimeZone),
                "is not a time zone; write a name of the IANA database, for example Europe/Berlin",
                settings.TimeZone
            );
        }

        if (settings.EventIdColumn is { } id && !IsHeader(id))
        {
            yield return new SettingProblem(
                nameof(settings.EventIdColumn),
                $"must be the header of a column: up to {LongestHeader} characters, one of them a letter or digit"
            );
        }

        foreach (var (header, column) in settings.Columns)
        {
            if (!IsHeader(header))
            {
                yield return new SettingProblem(
                    $"{nameof(settings.Columns)}:{header}",
                    $"must be the header of a column: up to {LongestHeader} characters, one of them a letter or digit"
                );
            }
            else if (FlatFileColumns.MatchOf(column) is null)
            {
                yield return new SettingProblem(
                    $"{nameof(settings.Columns)}:{header}",
                    "is not a column; allowed are "
                        + $"{string.Join(", ", FlatFileColumns.Names.Keys.Order(StringComparer.Ordinal))}, "
                        + $"{FlatFileColumns.CustomPrefix}NAME, and the empty text for a column that is not used",
                    column
                );
            }
        }
    }

    private static bool IsHeader(string header) =>
        header.Length <= LongestHeader && ColumnHeader.Reduce(header).Length > 0;

    private static SettingProblem Allowed(string setting, string value, string allowed) =>
        new(setting, $"is not allowed; allowed are {allowed}", value);
}
