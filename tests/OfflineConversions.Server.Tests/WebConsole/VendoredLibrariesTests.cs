using System.Security.Cryptography;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>The libraries of the pages are those that build/console-libraries took from their packages.</summary>
public sealed class VendoredLibrariesTests
{
    private static readonly string Folder = Path.Combine(
        DocumentationPage.Root,
        "src/OfflineConversions.Server/WebConsole/Assets/vendor"
    );

    [Fact]
    public async Task Each_file_is_byte_for_byte_the_one_of_its_version_and_is_listed()
    {
        var listed = (await File.ReadAllLinesAsync(Path.Combine(Folder, "SHA256SUMS")))
            .Select(line => line.Split("  "))
            .ToDictionary(line => line[1], line => line[0], StringComparer.Ordinal);
        var files = Directory
            .EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "SHA256SUMS")
            .ToDictionary(
                file => Path.GetRelativePath(Folder, file).Replace('\\', '/'),
                file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))),
                StringComparer.Ordinal
            );
        files.Should().BeEquivalentTo(listed);
    }

    [Fact]
    public void Each_library_has_its_licence_and_the_version_that_the_script_takes()
    {
        var script = File.ReadAllText(Path.Combine(DocumentationPage.Root, "build/console-libraries"));
        foreach (var library in Directory.EnumerateDirectories(Folder))
        {
            var name = Path.GetFileName(library);
            script.Should().Contain($"\ntake {name[..name.LastIndexOf('-')]} {name[(name.LastIndexOf('-') + 1)..]} ");
            Directory.EnumerateFiles(library, "LICEN?E").Should().ContainSingle(name);
        }
    }

    [Fact]
    public void The_licences_go_where_the_service_goes()
    {
        foreach (var library in Directory.EnumerateDirectories(Folder))
        {
            var folder = Path.Combine(AppContext.BaseDirectory, "licences", Path.GetFileName(library));
            Directory.EnumerateFiles(folder).Should().ContainSingle();
        }
    }
}
