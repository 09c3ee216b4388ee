using System.Collections;
using System.Reflection;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Configuration.Reading;

/// <summary>
/// Reads configuration into options. Unlike the framework's binder, it reports all unknown names and unreadable values
/// at once, and never throws because of the content of a file. JSON <c>null</c> counts as absent.
/// </summary>
internal sealed class SettingsReader(ConfigurationProblems problems, EventSources sources)
{
    /// <summary>Reads every child of the section into the property of its name.</summary>
    public void Read(IConfigurationSection section, object options)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            problems.Add(section.Path, "is a section; write its settings under it");
            return;
        }

        if (options is MappingOptions mapping)
        {
            ReadConnection(section, mapping);
        }
        else
        {
            ReadChildren(section.GetChildren(), options);
        }
    }

    /// <summary>
    /// Reads the sections at the root that are this service's. All others are the framework's.
    /// </summary>
    public void ReadRoot(IConfiguration root, ServiceOptions options) =>
        ReadChildren(
            SettingNames
                .Of(typeof(ServiceOptions))
                .Select(root.GetSection)
                .Where(section => section.GetChildren().Any()),
            options
        );

    /// <summary>
    /// Reads the source first, because it decides which section the connection may have and which options it fills.
    /// </summary>
    private void ReadConnection(IConfigurationSection section, MappingOptions options)
    {
        var bySource = section.GetChildren().ToLookup(child => sources.Find(child.Key) is not null);
        ReadChildren(bySource[false], options, sources.Names);
        foreach (
            var child in bySource[true].Where(child => child.GetChildren().Any() || child.Value is { Length: > 0 })
        )
        {
            var definition = sources.Find(child.Key)!;
            if (options.Source is null)
            {
                // Without a source, no section is known to be wrong, but problems inside it can be reported.
                Read(child, definition.CreateOptions());
            }
            else if (options.Source == definition)
            {
                Read(child, options.SourceOptions!);
            }
            else
            {
                problems.Add(
                    child.Path,
                    $"is a section of source {definition}; this connection's {nameof(options.Source)} is "
                        + $"{options.Source}"
                );
            }
        }
    }

    private void ReadChildren(
        IEnumerable<IConfigurationSection> children,
        object options,
        IEnumerable<string>? sections = null
    )
    {
        foreach (var child in children)
        {
            if (SettingNames.Property(options.GetType(), child.Key) is { } property)
            {
                ReadProperty(child, options, property);
            }
            else
            {
                problems.Add(
                    child.Path,
                    SettingNames.Unknown(child.Key, [.. SettingNames.Of(options.GetType()), .. sections ?? []])
                );
            }
        }
    }

    private void ReadProperty(IConfigurationSection section, object options, PropertyInfo property)
    {
        var current = property.GetValue(options);
        if (ScalarSetting.IsScalar(property.PropertyType))
        {
            // An empty text means "none", but only if that is the default. The rules report blanks.
            if (ReadScalar(section, property.PropertyType) is { } value && !(section.Value is "" && current is null))
            {
                property.SetValue(options, value);
            }
        }
        else if (current is IDictionary map)
        {
            ReadEach(
                section,
                map.GetType().GetGenericArguments()[1],
                (key, item) => map[key] = item,
                "a section of named entries"
            );
        }
        else if (current is IList list)
        {
            ReadEach(
                section,
                list.GetType().GetGenericArguments()[0],
                (_, item) => list.Add(item),
                "a list; write [\"…\"], or its first entry as …__0 in the environment"
            );
        }
        else
        {
            Read(section, current!);
        }
    }

    private void ReadEach(IConfigurationSection section, Type itemType, Action<string, object> add, string shape)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            problems.Add(section.Path, $"is {shape}");
        }

        foreach (var child in section.GetChildren())
        {
            if (ScalarSetting.IsScalar(itemType))
            {
                add(child.Key, ReadScalar(child, itemType) ?? ScalarSetting.Read(itemType, string.Empty).Value!);
                continue;
            }

            var item = Activator.CreateInstance(itemType)!;
            Read(child, item);
            add(child.Key, item);
        }
    }

    private object? ReadScalar(IConfigurationSection section, Type type)
    {
        if (section.GetChildren().Any())
        {
            problems.Add(section.Path, "is a single value, not a section or list");
            return null;
        }

        if (section.Value is null)
        {
            return null;
        }

        var (value, problem) =
            type == typeof(SourceDefinition) ? FindSource(section.Value) : ScalarSetting.Read(type, section.Value);
        if (problem is not null)
        {
            problems.Add(section.Path, problem);
        }

        return value;
    }

    private (object? Value, string? Problem) FindSource(string text) =>
        sources.Find(text.Trim()) is { } found
            ? (found, null)
            : (null, $"{Quote.Value(text)} is not allowed; allowed are {string.Join(", ", sources.Names)}");
}
