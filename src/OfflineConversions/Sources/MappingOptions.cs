using System.ComponentModel.DataAnnotations;
using OfflineConversions.Json;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Sources;

/// <summary>
/// Everything about a connection that decides what Meta's event looks like. Contains no secret, except where the
/// source's own settings do.
/// </summary>
public class MappingOptions
{
    private string? _actionSource;

    /// <summary>The vendor whose events the connection receives. Required.</summary>
    public SourceDefinition? Source { get; set; }

    /// <summary>
    /// The settings of <see cref="Source"/> alone, of the type that it creates. Default: the source's defaults.
    /// </summary>
    public object? SourceOptions
    {
        get => field ??= Source?.CreateOptions();
        set;
    }

    /// <summary>Which of Meta's shapes it speaks. Default <see cref="MetaApi.ConversionsApi"/>.</summary>
    public MetaApi Api { get; set; }

    /// <summary>
    /// The dataset, pixel or offline event set id. Required by mParticle and Commanders Act; the settings of the
    /// other two contain theirs.
    /// </summary>
    [DatasetId]
    public string? DatasetId { get; set; }

    /// <summary>
    /// The <c>action_source</c> of events that have none. Default <c>physical_store</c>. Source: Meta,
    /// "Server Event Parameters".
    /// </summary>
    [ActionSource]
    public string ActionSource
    {
        get => _actionSource ?? Conversions.ActionSource.PhysicalStore;
        set => _actionSource = value;
    }

    /// <summary>Whether <see cref="ActionSource"/> was set, be it to its default.</summary>
    internal bool IsActionSourceSet => _actionSource is not null;

    /// <summary>ISO 4217 code for values without a currency. Default: none.</summary>
    [CurrencyCode]
    public string? DefaultCurrency { get; set; }

    /// <summary>ISO 3166-1 alpha-2 code that completes phone numbers without a country code. Default: none.</summary>
    [CountryCode]
    public string? DefaultCountry { get; set; }

    /// <summary>
    /// How a date such as 03/04/1990 is read: dates of birth and event times. Default:
    /// <see cref="DateOrder.MonthFirst"/>, for RudderStack <see cref="DateOrder.DayFirst"/> (its page says DD, MM,
    /// YYYY).
    /// </summary>
    public DateOrder? DateOrder { get; set; }

    /// <summary><see cref="DateOrder"/>, or the source's default.</summary>
    internal DateOrder ReadingOrder => DateOrder ?? Source?.DateOrder ?? Json.DateOrder.MonthFirst;

    /// <summary>
    /// Hash <c>external_id</c>. Default <see langword="false"/>: it must equal what the site's pixel sends.
    /// </summary>
    public bool HashExternalId { get; set; }

    /// <summary>
    /// Keep personal data out of <c>custom_data</c>. Default <see langword="true"/>: Meta forbids it there.
    /// </summary>
    public bool PersonalDataGuard { get; set; } = true;

    /// <summary>How old an event may be when it arrives. Default 7 days. Source: Meta, "Using the API".</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan AcceptanceWindow { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// The same for <c>action_source</c> <c>physical_store</c>. Default 62 days. Source: Meta, "Offline Events".
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan PhysicalStoreAcceptanceWindow { get; set; } = TimeSpan.FromDays(62);

    /// <summary><see cref="SourceOptions"/> as the type that the source creates.</summary>
    /// <exception cref="InvalidOperationException">They are the settings of another source.</exception>
    internal T Of<T>()
        where T : class =>
        SourceOptions as T
        ?? throw new InvalidOperationException(
            $"The settings of {Source?.Name ?? "no source"} are no {typeof(T).Name}."
        );
}
