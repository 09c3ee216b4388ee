using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Tests.Configuration;

/// <summary>The files of settings that the service ships with.</summary>
public sealed class ShippedSettingsTests : ConfigurationUnderTest
{
    [Fact]
    public void The_shipped_settings_show_every_setting_with_its_default()
    {
        var shipped = JsonDocument
            .Parse(
                Uncommented(File.ReadAllText(Shipped("appsettings.json"))),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip }
            )
            .RootElement;
        var (options, problems) = Read([
            "--config",
            Write("shipped.json", shipped.GetRawText().Replace("\"your-", "\"a-real-", StringComparison.Ordinal)),
        ]);

        problems.Should().BeEmpty();
        var stores = options.Connections["stores"];
        options
            .Should()
            .BeEquivalentTo(new ServiceOptions(), settings => settings.Excluding(service => service.Connections));
        stores
            .Should()
            .BeEquivalentTo(new ConnectionOptions(), settings =>
                settings
                    .Excluding(connection => connection.Source)
                    .Excluding(connection => connection.SourceOptions)
                    .Excluding(connection => connection.WriteKeys)
                    .Excluding(connection => connection.AccessToken)
            );
        var connections = shipped.GetProperty("Connections");
        Missing(shipped, typeof(ServiceOptions))
            .Concat(Missing(connections.GetProperty("stores"), typeof(ConnectionOptions)))
            .Should()
            .BeEmpty();
        options
            .Connections.Values.Select(connection => connection.Source)
            .Should()
            .BeEquivalentTo(EventSources.All.Definitions, "each source has an example");
        foreach (var (name, connection) in options.Connections)
        {
            var defaults = connection.Source!.CreateOptions();
            connection
                .SourceOptions.Should()
                .BeEquivalentTo(defaults, settings =>
                    settings
                        .RespectingRuntimeTypes()
                        .Excluding(setting => setting.Path == "Events" || setting.Path == "EventsToIds")
                );
            Missing(connections.GetProperty(name).GetProperty(connection.Source.Name), defaults.GetType())
                .Should()
                .BeEmpty();
        }
    }

    [Fact]
    public void The_Development_settings_hold_a_valid_demo_connection_for_each_source()
    {
        var (options, problems) = Read(["--config", Shipped("appsettings.Development.json")], "Development");

        problems.Should().BeEmpty();
        options
            .Connections.Keys.Should()
            .BeEquivalentTo("demo-mparticle", "demo-segment", "demo-rudderstack", "demo-commandersact", "demo-file");
        options.Sandbox.Enabled.Should().BeTrue();
    }

    /// <summary>The example connection stands in comments.</summary>
    private static string Uncommented(string settings) =>
        string.Join(
            '\n',
            settings
                .Split('\n')
                .Select(line =>
                    line.StartsWith("    // ", StringComparison.Ordinal)
                        ? line.Replace("    // ", "    ", StringComparison.Ordinal)
                        : line
                )
        );

    private static IEnumerable<string> Missing(JsonElement section, Type options) =>
        options
            .GetProperties()
            .Where(property => property.CanWrite && property.Name != nameof(ConnectionOptions.SourceOptions))
            .SelectMany(property =>
                !section.TryGetProperty(property.Name, out var value) ? [$"{options.Name}.{property.Name}"]
                : property.PropertyType.Namespace!.StartsWith("OfflineConversions", StringComparison.Ordinal)
                && property.PropertyType.IsClass
                    ? Missing(value, property.PropertyType)
                : []
            );
}
