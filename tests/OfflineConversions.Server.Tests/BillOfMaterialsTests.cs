using System.Text.Json;
using OfflineConversions.Server.Telemetry;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests;

/// <summary>The command of docs/guides/deploy.md that writes a bill of materials.</summary>
public sealed class BillOfMaterialsTests : IDisposable
{
    private const string Project = "src/OfflineConversions.Server/OfflineConversions.Server.csproj";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ToolFact("CycloneDX")]
    public async Task The_bill_of_materials_lists_exactly_the_packages_of_the_published_service_each_with_a_licence()
    {
        var command = new DocumentationPage("docs/guides/deploy.md")
            .Text.Split('\n')
            .Single(line => line.StartsWith("dotnet CycloneDX ", StringComparison.Ordinal));

        // The packages were restored for the build. Another restore would write into its folders.
        await Shell.RunAsync($"{command} --disable-package-restore --output '{_folder.Path}'");
        await Shell.RunAsync($"dotnet publish {Project} -c {Build()} --no-build -o '{_folder.File("published")}'");

        using var bill = Read(_folder.File("bom.json"));
        using var published = Read(_folder.File("published/OfflineConversions.Server.deps.json"));
        var components = bill.RootElement.GetProperty("components").EnumerateArray().ToArray();
        components
            .Select(component => $"{component.GetProperty("name")}/{component.GetProperty("version")}")
            .Should()
            .BeEquivalentTo(
                published
                    .RootElement.GetProperty("libraries")
                    .EnumerateObject()
                    .Where(library => library.Value.GetProperty("type").GetString() == "package")
                    .Select(library => library.Name)
            );
        components.Should().OnlyContain(component => HasLicence(component));
        components.Should().OnlyContain(component => component.GetProperty("hashes").GetArrayLength() > 0);
        bill.RootElement.GetProperty("metadata")
            .GetProperty("component")
            .GetProperty("version")
            .GetString()
            .Should()
            .Be(ProgramVersion.Text);
    }

    /// <summary>An identifier of SPDX, or the text itself.</summary>
    private static bool HasLicence(JsonElement component) =>
        component.TryGetProperty("licenses", out var licences)
        && licences
            .EnumerateArray()
            .Any(licence =>
                licence.TryGetProperty("expression", out _)
                || (
                    licence.TryGetProperty("license", out var one)
                    && (one.TryGetProperty("id", out _) || one.TryGetProperty("text", out _))
                )
            );

    private static string Build() =>
        AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    private static JsonDocument Read(string path) => JsonDocument.Parse(File.ReadAllBytes(path));
}
