using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Logging;

namespace OfflineConversions.Server.Tests;

/// <summary>docs/reference/log-events.md lists every message that the server logs.</summary>
public class DocumentationTestsOfLogEvents
{
    private static readonly IReadOnlyList<LogMethod> Messages =
    [
        .. typeof(Program)
            .Assembly.GetTypes()
            .SelectMany(type =>
                type.GetMethods(
                    BindingFlags.DeclaredOnly
                        | BindingFlags.Instance
                        | BindingFlags.Static
                        | BindingFlags.Public
                        | BindingFlags.NonPublic
                )
            )
            .Select(method => new LogMethod(method, method.GetCustomAttribute<LoggerMessageAttribute>()!))
            .Where(method => method.Message is not null),
    ];

    [Fact]
    public void The_page_lists_every_log_event_with_its_id_level_and_message() =>
        new DocumentationPage("docs/reference/log-events.md")
            .Table("events")
            .Select(row => (row[0], row[1], row[2].Trim('`')))
            .Should()
            .BeEquivalentTo(
                Messages.Select(method =>
                    (
                        method.Message.EventId.ToString(CultureInfo.InvariantCulture),
                        method.Message.Level.ToString().ToLowerInvariant(),
                        method.Message.Message
                    )
                )
            );

    [Fact]
    public void Every_log_event_has_an_id_of_its_own()
    {
        Messages.Should().NotBeEmpty();
        Messages.Select(method => method.Message.EventId).Should().OnlyHaveUniqueItems();
        Messages.Should().OnlyContain(method => method.Message.EventId > 0, "an id without a number follows the name");
    }

    [Fact]
    public void Every_log_message_is_in_a_nested_class_Log_of_the_type_that_logs_it() =>
        Messages
            .Where(method => method.Method.DeclaringType is not { Name: "Log", IsNestedPrivate: true })
            .Select(method => $"{method.Method.DeclaringType}.{method.Method.Name}")
            .Should()
            .BeEmpty();

    private sealed record LogMethod(MethodInfo Method, LoggerMessageAttribute Message);
}
