using System.ComponentModel;
using System.Reflection;
using Spectre.Console.Cli;

namespace OfflineConversions.Cli.Completion;

/// <summary>A command as a shell sees it, read from its settings, so that a new option is completed too.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Options">Its options.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record CommandDescription(
    string Name,
    string Summary,
    IReadOnlyList<OptionDescription> Options,
    IReadOnlyList<ArgumentDescription> Arguments
)
{
    private static readonly OptionDescription Help = new(
        ["--help", "-h"],
        "Show help",
        HasValue: false,
        [],
        IsFile: false
    );

    /// <summary>Describes a command by the class of its settings.</summary>
    public static CommandDescription Of(string name, string summary, Type settings)
    {
        var properties = settings.GetProperties();
        return new CommandDescription(
            name,
            summary,
            [
                .. properties
                    .Select(property => (property, option: property.GetCustomAttribute<CommandOptionAttribute>()))
                    .Where(pair => pair.option is { IsHidden: false })
                    .Select(pair => Option(pair.property, pair.option!)),
                Help,
            ],
            [
                .. properties
                    .Where(property => property.GetCustomAttribute<CommandArgumentAttribute>() is not null)
                    .OrderBy(property => property.GetCustomAttribute<CommandArgumentAttribute>()!.Position)
                    .Select(property => new ArgumentDescription(ValuesOf(property), IsFile(property))),
            ]
        );
    }

    private static OptionDescription Option(PropertyInfo property, CommandOptionAttribute option) =>
        new(
            [.. option.LongNames.Select(name => $"--{name}"), .. option.ShortNames.Select(name => $"-{name}")],
            property.GetCustomAttribute<DescriptionAttribute>()?.Description ?? "",
            option.ValueName is not null,
            ValuesOf(property),
            IsFile(property) || option.ValueName == "FILE"
        );

    private static IReadOnlyList<string> ValuesOf(PropertyInfo property) =>
        property.GetCustomAttribute<ValuesAttribute>()?.Values ?? [];

    private static bool IsFile(PropertyInfo property) => property.GetCustomAttribute<FileAttribute>() is not null;
}

/// <summary>An option of a command.</summary>
/// <param name="Names">Its spellings, with hyphens.</param>
/// <param name="Summary">What it does.</param>
/// <param name="HasValue">Whether a value follows.</param>
/// <param name="Values">The values that it can have; empty if any.</param>
/// <param name="IsFile">Whether the value is a path.</param>
internal sealed record OptionDescription(
    IReadOnlyList<string> Names,
    string Summary,
    bool HasValue,
    IReadOnlyList<string> Values,
    bool IsFile
);

/// <summary>An argument of a command.</summary>
/// <param name="Values">The values that it can have; empty if any.</param>
/// <param name="IsFile">Whether it is a path.</param>
internal sealed record ArgumentDescription(IReadOnlyList<string> Values, bool IsFile);
