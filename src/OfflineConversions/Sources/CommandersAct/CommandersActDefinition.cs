namespace OfflineConversions.Sources.CommandersAct;

/// <summary>Commanders Act's registration.</summary>
public sealed class CommandersActDefinition : SourceDefinition
{
    /// <summary>The only instance.</summary>
    public static readonly CommandersActDefinition Instance = new();

    private CommandersActDefinition() { }

    /// <inheritdoc/>
    public override string Name => "CommandersAct";

    /// <inheritdoc/>
    public override string DatasetName => "pixel id";

    /// <inheritdoc/>
    public override object CreateOptions() => new CommandersActOptions();

    /// <inheritdoc/>
    internal override IEventSource Compile(MappingOptions options) => new CommandersActSource(options);
}
