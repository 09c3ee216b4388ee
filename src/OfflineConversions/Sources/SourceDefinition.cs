using OfflineConversions.Json;

namespace OfflineConversions.Sources;

/// <summary>
/// A vendor whose events are accepted: its name, its own settings and the mapping that they compile to. Stateless; each
/// vendor has one instance.
/// </summary>
public abstract class SourceDefinition
{
    // Only this package has sources: what one consists of may change with any version.
    private protected SourceDefinition() { }

    /// <summary>
    /// The vendor's name without spaces, for example <c>CommandersAct</c>: the value of a connection's <c>Source</c>
    /// and the name of its section of settings.
    /// </summary>
    public abstract string Name { get; }

    /// <summary>The name in lower case: the first segment of the vendor's routes and the tag of its metrics.</summary>
    public string Tag => Name.ToLowerInvariant();

    /// <summary>
    /// What the vendor calls the id that a connection sends to, where the connection must name it in
    /// <see cref="MappingOptions.DatasetId"/>. Default <see langword="null"/>: the vendor's own settings name the ids.
    /// </summary>
    public virtual string? DatasetName => null;

    /// <summary>
    /// How the vendor's page reads a date such as 03/04/1990. Default <see cref="DateOrder.MonthFirst"/>.
    /// </summary>
    public virtual DateOrder DateOrder => DateOrder.MonthFirst;

    /// <summary>
    /// The upload tag of events that bring none. Default <see langword="null"/>: the source sets none. Every other tag
    /// counts as the caller's.
    /// </summary>
    public virtual string? UploadTag => null;

    /// <summary>
    /// Whether clients post the events, each with a write key. Default <see langword="true"/>; otherwise the events
    /// come in files only.
    /// </summary>
    public virtual bool IsPosted => true;

    /// <summary>
    /// How long a repeat of the same delivery is ignored where the connection does not say. Default 7 days: Meta's own
    /// window. Source: Meta, "Offline Events".
    /// </summary>
    public virtual TimeSpan DeduplicationWindow => TimeSpan.FromDays(7);

    /// <summary>A new object of the vendor's own settings, with their defaults.</summary>
    public abstract object CreateOptions();

    /// <summary>Compiles a connection's settings into the vendor's mapping.</summary>
    internal abstract IEventSource Compile(MappingOptions options);

    /// <summary>The ids that a connection sends to. Default: <see cref="MappingOptions.DatasetId"/>.</summary>
    public virtual IEnumerable<string> Datasets(MappingOptions options) =>
        options.DatasetId is { } dataset ? [dataset] : [];

    /// <summary>Everything that is wrong with the vendor's own settings. Default: nothing.</summary>
    public virtual IEnumerable<SettingProblem> Check(MappingOptions options) => [];

    /// <summary>
    /// How tables are read, if a table of rows and columns can have events of this source. Default <see
    /// langword="null"/>: it cannot.
    /// </summary>
    internal virtual TableFormat? TableOf(MappingOptions options) => null;

    /// <summary>Our names of what a column of a table can be, in the order of the page. Default: none.</summary>
    internal virtual IReadOnlyList<string> Columns => [];

    /// <summary>
    /// What each header of a table means under a connection's settings: one of <see cref="Columns"/> or
    /// <c>custom_data.NAME</c>; empty if the settings leave the column out, <see langword="null"/> if it means nothing.
    /// Default: nothing.
    /// </summary>
    /// <param name="options">The settings.</param>
    /// <param name="headers">The headers, as they are in the file.</param>
    internal virtual IReadOnlyList<string?> ColumnsOf(MappingOptions options, IReadOnlyList<string> headers) =>
        new string?[headers.Count];

    /// <summary>
    /// The headers that mean something under a connection's settings, in lower case, letters and digits only. Default:
    /// none.
    /// </summary>
    internal virtual IReadOnlyCollection<string> HeadersOf(MappingOptions options) => [];

    /// <summary>
    /// Sets what the settings leave open and the first rows of a file show, such as the order of its dates. Default:
    /// nothing.
    /// </summary>
    /// <param name="options">The settings to complete: a copy that belongs to the file.</param>
    /// <param name="rows">The first rows, as a list of objects.</param>
    internal virtual void Complete(MappingOptions options, JsonPart rows) { }

    /// <summary>The name.</summary>
    public sealed override string ToString() => Name;
}

/// <summary>One setting that cannot be used.</summary>
/// <param name="Setting">The setting, relative to the source's section: <c>Events:0:EventSetId</c>.</param>
/// <param name="Message">What is wrong and what is allowed, after the setting or its value.</param>
/// <param name="Value">
/// The value that the message is about, or <see langword="null"/> where it need not be repeated. May be a secret in the
/// wrong place: the caller decides whether to show it.
/// </param>
public readonly record struct SettingProblem(string Setting, string Message, string? Value = null);
