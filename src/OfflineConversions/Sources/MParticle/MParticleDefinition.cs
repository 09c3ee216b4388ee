namespace OfflineConversions.Sources.MParticle;

/// <summary>mParticle's registration.</summary>
public sealed class MParticleDefinition : SourceDefinition
{
    /// <summary>The only instance.</summary>
    public static readonly MParticleDefinition Instance = new();

    private MParticleDefinition() { }

    /// <inheritdoc/>
    public override string Name => "MParticle";

    /// <inheritdoc/>
    public override string DatasetName => "offline event set id";

    /// <inheritdoc/>
    public override string UploadTag => "mParticle";

    /// <inheritdoc/>
    public override object CreateOptions() => new MParticleOptions();

    /// <inheritdoc/>
    internal override IEventSource Compile(MappingOptions options) => new MParticleSource(options);

    /// <inheritdoc/>
    public override IEnumerable<SettingProblem> Check(MappingOptions options)
    {
        var emailType = options.Of<MParticleOptions>().EmailType;
        if (MParticleIdentities.TypeOf(emailType) is null)
        {
            yield return new SettingProblem(
                nameof(MParticleOptions.EmailType),
                $"is not an identity type; allowed are {string.Join(", ", MParticleIdentities.Types)}",
                emailType
            );
        }
    }
}
