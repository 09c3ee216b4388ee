using System.Globalization;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Targets.Meta;

/// <summary>
/// The configured versions of the Graph API, and what is known about their end: from Meta's calendar, and from the
/// headers <c>facebook-api-version</c> and <c>x-ad-api-version-warning</c> of its responses.
/// </summary>
internal sealed partial class GraphVersions(GraphOptions options, TimeProvider time, ILogger<GraphVersions> logger)
{
    private const int DaysAhead = 90;

    private readonly ApiVersions _configured = new(options.ApiVersion, options.OfflineEventsApiVersion);
    private volatile string? _served;
    private volatile bool _warned;
    private volatile bool _isJudged;

    /// <summary>
    /// What the operator should do about the version of the Conversions API, one sentence per problem; empty if
    /// nothing.
    /// </summary>
    public IReadOnlyList<string> Warnings =>
        [
            .. new[]
            {
                Calendar(),
                _served is { } served
                    ? $"Meta responded with version {served} instead of {Setting(MetaApi.ConversionsApi)}. {Remedy}"
                    : null,
                _warned
                    ? $"Meta warns that {Setting(MetaApi.ConversionsApi)} is about to end or was replaced. {Remedy}"
                    : null,
            }.OfType<string>(),
        ];

    /// <summary>
    /// Whether the warnings are complete: a response since the start has shown what Meta says about the version.
    /// </summary>
    public bool IsJudged => _isJudged;

    /// <summary>What Meta's responses to this process have shown.</summary>
    public VersionSigns Signs => new(Of(MetaApi.ConversionsApi), _served, _warned);

    private static string Remedy =>
        $"Set it to a current version, for example {MetaShapes.ConversionsApi.DefaultApiVersion}.";

    /// <summary>The version in the URLs of a shape.</summary>
    public string Of(MetaApi api) => api.Shape().VersionIn(_configured);

    /// <summary>The setting of a shape's version with its value.</summary>
    public string Setting(MetaApi api) =>
        api == MetaApi.ConversionsApi
            ? $"{nameof(ServiceOptions.Graph)}:{nameof(options.ApiVersion)} {options.ApiVersion}"
            : $"{nameof(ServiceOptions.Graph)}:{nameof(options.OfflineEventsApiVersion)} "
                + options.OfflineEventsApiVersion;

    /// <summary>Notes what the headers of a response say about the version, and logs what is new.</summary>
    public void Note(MetaApi api, GraphResponse response)
    {
        if (api != MetaApi.ConversionsApi || !response.IsFromMeta)
        {
            return;
        }

        var served = response.ServedVersion is { } version && version != Of(api) ? version : null;
        if (served is not null && served != _served)
        {
            Log.Replaced(logger, served, Setting(api));
        }

        if (response.HasVersionWarning && !_warned)
        {
            Log.Warned(logger, Setting(api));
        }

        (_served, _warned, _isJudged) = (served, response.HasVersionWarning, true);
    }

    /// <summary>
    /// Notes what a reading call of the Graph API shows. It only adds: a later response to events decides whether the
    /// trouble is over.
    /// </summary>
    public void NoteQuery(GraphResponse response)
    {
        if (response.ServedVersion is { } served && served != Of(MetaApi.ConversionsApi) && served != _served)
        {
            Log.Replaced(logger, served, Setting(MetaApi.ConversionsApi));
            _served = served;
        }

        _isJudged |= response.IsFromMeta;
    }

    /// <summary>
    /// Notes what responses to another process on the same store have shown. As with reading calls, it only adds.
    /// </summary>
    public void Follow(VersionSigns signs)
    {
        if (signs.Configured != Of(MetaApi.ConversionsApi))
        {
            return;
        }

        _served ??= signs.Served;
        _warned |= signs.Warned;
        _isJudged = true;
    }

    private string? Calendar()
    {
        var version = options.ApiVersion;
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var ends = GraphVersionCalendar.Find(version)?.Ends;
        var setting = Setting(MetaApi.ConversionsApi);
        return GraphVersionCalendar.HasEnded(version, today)
                ? $"{setting} {(ends is { } ended ? $"ended on {Day(ended)}" : "has ended")}. {Remedy}"
            : ends is { } end && end.DayNumber - today.DayNumber <= DaysAhead
                ? $"{setting} ends on {Day(end)}. {Remedy}"
            : null;
    }

    private static string Day(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 307,
            Level = LogLevel.Warning,
            Message = "Meta responded with version {Served} instead of {Setting}. Set it to a current version"
        )]
        public static partial void Replaced(ILogger logger, string served, string setting);

        [LoggerMessage(
            EventId = 308,
            Level = LogLevel.Warning,
            Message = "Meta warned that {Setting} is about to end or was replaced. Set it to a current version"
        )]
        public static partial void Warned(ILogger logger, string setting);
    }
}

/// <summary>What Meta's responses show about the version of the Conversions API.</summary>
/// <param name="Configured">The version that was asked for.</param>
/// <param name="Served">Another version with which Meta responded; null if it responded with that one.</param>
/// <param name="Warned">Whether Meta warned that the version is about to end or was replaced.</param>
internal sealed record VersionSigns(string Configured, string? Served, bool Warned);
