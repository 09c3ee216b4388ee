using System.Reflection;
using Microsoft.Extensions.Logging;

namespace OfflineConversions.Server.Tests.Architecture;

/// <summary>The rules of style that neither the formatter nor an analyzer checks.</summary>
public sealed class DialectTests
{
    private const int MostLines = 250;
    private const int MostColumns = 120;

    private static readonly IReadOnlyList<SourceFile> Source = SourceTree.Below("src");

    [Fact]
    public void No_file_of_the_source_has_more_than_250_lines() =>
        Source
            .Where(file => file.Lines.Count > MostLines)
            .Select(file => $"{file.Path}: {file.Lines.Count}")
            .Should()
            .BeEmpty();

    [Fact]
    public void No_line_of_the_source_is_longer_than_120_columns() =>
        (
            from file in Source
            from line in file.Lines.Index()
            where line.Item.Length > MostColumns
            select $"{file.Path}:{line.Index + 1}: {line.Item.Length}"
        )
            .Should()
            .BeEmpty();

    [Fact]
    public void The_median_file_of_the_source_has_between_40_and_80_lines() =>
        Source.Select(file => file.Lines.Count).Order().ElementAt(Source.Count / 2).Should().BeInRange(40, 80);

    [Fact]
    public void A_namespace_is_its_folder() =>
        (
            from file in Source
            let expected = Path.GetDirectoryName(file.Path)!.Replace('\\', '/')["src/".Length..].Replace('/', '.')
            from line in file.Lines
            where line.StartsWith("namespace ", StringComparison.Ordinal) && line != $"namespace {expected};"
            select $"{file.Path}: {line}"
        )
            .Should()
            .BeEmpty();

    [Fact]
    public void The_server_is_an_executable_so_its_types_are_internal() =>
        typeof(Program).Assembly.GetExportedTypes().Should().Equal(typeof(Program));

    [Fact]
    public void Every_log_message_of_the_server_has_its_own_event_id()
    {
        const BindingFlags All =
            BindingFlags.Public
            | BindingFlags.NonPublic
            | BindingFlags.Static
            | BindingFlags.Instance
            | BindingFlags.DeclaredOnly;
        var messages = typeof(Program)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(All))
            .Select(method => (method, message: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(one => one.message is not null)
            .ToLookup(one => one.message!.EventId, one => $"{one.method.DeclaringType}.{one.method.Name}");

        messages.Should().NotBeEmpty();
        messages[-1].Should().BeEmpty("a message without an id gets one that changes with its name");
        messages.Where(one => one.Count() > 1).Select(one => $"{one.Key}: {string.Join(", ", one)}").Should().BeEmpty();
    }
}
