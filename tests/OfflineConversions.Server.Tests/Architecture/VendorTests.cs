using System.Text.RegularExpressions;

namespace OfflineConversions.Server.Tests.Architecture;

/// <summary>
/// What is special about a vendor is in two folders: <c>Sources/{Vendor}</c> of the core and
/// <c>Ingestion/Protocols/{Vendor}</c> of the server. In each project one file, the registry, lists the vendors; no
/// other file names one.
/// </summary>
public class VendorTests
{
    private const string CoreFolder = "src/OfflineConversions/Sources";
    private const string CoreRegistry = "EventSources";
    private const string ServerFolder = "src/OfflineConversions.Server/Ingestion/Protocols";
    private const string ServerRegistry = "VendorProtocols";

    /// <summary>The source whose events nobody posts, so the server has nothing of its own for it.</summary>
    private const string NotPosted = "FlatFile";

    private static readonly IReadOnlyList<string> Vendors = SourceTree.FoldersIn(CoreFolder);

    [Fact]
    public void Each_vendor_has_a_folder_in_both_projects()
    {
        Vendors.Should().HaveCountGreaterThanOrEqualTo(5);
        SourceTree.FoldersIn(ServerFolder).Should().Equal(Vendors.Where(vendor => vendor != NotPosted));
    }

    [Fact]
    public void No_type_of_the_core_outside_a_vendors_folder_uses_the_vendors_types() =>
        Users(new CompiledAssembly(typeof(ConversionPipeline).Assembly), "Sources", CoreRegistry).Should().BeEmpty();

    [Fact]
    public void No_type_of_the_server_outside_a_vendors_folder_uses_the_vendors_types() =>
        Users(new CompiledAssembly(typeof(Program).Assembly), "Ingestion.Protocols", ServerRegistry).Should().BeEmpty();

    [Theory]
    [InlineData("src/OfflineConversions", CoreFolder, CoreRegistry)]
    [InlineData("src/OfflineConversions.Server", ServerFolder, ServerRegistry)]
    public void No_code_outside_a_vendors_folder_names_the_vendor(string project, string folder, string registry) =>
        (
            from file in SourceTree.Below(project)
            where file.Path != $"{folder}/{registry}.cs"
            from vendor in Vendors
            where !file.Path.StartsWith($"{folder}/{vendor}/", StringComparison.Ordinal)
            where Names(file.Code, vendor)
            select $"{file.Path} names {vendor}"
        )
            .Should()
            .BeEmpty();

    private static IEnumerable<string> Users(CompiledAssembly assembly, string folder, string registry) =>
        from use in assembly.Uses
        where use.From.ToString() != $"{folder}.{registry}"
        from vendor in Vendors
        where
            use.Namespace == $"OfflineConversions.Sources.{vendor}"
            || use.Namespace == $"OfflineConversions.Server.Ingestion.Protocols.{vendor}"
        where use.From.Folder != $"{folder}.{vendor}"
        select use.ToString();

    /// <summary>
    /// Whether an identifier or a text begins with the vendor's name, such as <c>SegmentOptions</c>,
    /// <c>"/segment/v1"</c> or <c>"Commanders Act"</c>.
    /// </summary>
    private static bool Names(string code, string vendor)
    {
        var spaced = Regex.Replace(vendor, "(?<=[a-z])(?=[A-Z])", " ?", RegexOptions.None, TimeSpan.FromSeconds(10));
        return Regex.IsMatch(
            code,
            $@"\b{spaced}|""[^""\n]*\b(?i:{spaced})",
            RegexOptions.None,
            TimeSpan.FromSeconds(10)
        );
    }
}
