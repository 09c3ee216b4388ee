namespace OfflineConversions.Cli.Completion;

/// <summary>The values that an option or argument can have. Shells complete them.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValuesAttribute(params string[] values) : Attribute
{
    /// <summary>The values.</summary>
    public IReadOnlyList<string> Values { get; } = values;
}

/// <summary>An option or argument names a file. Shells complete its path.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FileAttribute : Attribute;
