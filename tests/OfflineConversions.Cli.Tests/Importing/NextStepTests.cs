using System.Text;
using System.Text.Json;
using OfflineConversions.Cli.Importing;
using OfflineConversions.Cli.Service;

namespace OfflineConversions.Cli.Tests.Importing;

/// <summary>What follows after one sending of a file.</summary>
public class NextStepTests
{
    private const string WithImport = """{"detail":"why","import":{"id":"a"}}""";

    [Theory]
    [InlineData(200, """{"id":"a"}""", false, "done")]
    [InlineData(400, WithImport, false, "stop")]
    [InlineData(401, "{}", true, "stop")]
    [InlineData(408, WithImport, false, "retry")]
    [InlineData(409, WithImport, true, "stop")] // the id belongs to another file
    [InlineData(409, """{"detail":"The import is running."}""", false, "retry")]
    [InlineData(413, WithImport, false, "stop")]
    [InlineData(415, WithImport, false, "stop")]
    [InlineData(429, "{}", false, "stop")]
    [InlineData(429, "{}", true, "retry")]
    [InlineData(500, "{}", false, "retry")]
    [InlineData(501, "{}", false, "stop")]
    [InlineData(502, "", false, "retry")]
    [InlineData(503, "{}", false, "retry")]
    [InlineData(504, "", false, "retry")]
    public void The_status_decides_whether_the_file_is_sent_again(int status, string body, bool hasBegun, string next)
    {
        var json = body.Length > 0 ? JsonElement.Parse(body) : (JsonElement?)null;
        var reply = new Reply(status, Encoding.UTF8.GetBytes(body), json, TimeSpan.FromSeconds(10), null);

        var step = NextStep.After(reply, hasBegun, one => Failures.Of(one, hasKey: true));

        (
            step.IsRetry ? "retry"
            : step.Failure is null ? "done"
            : "stop"
        ).Should().Be(next);
    }

    [Fact]
    public void A_broken_connection_is_no_reason_to_give_up() =>
        NextStep
            .After(new Failure(ExitCode.Unreachable, "broken"), hasBegun: false, _ => null!)
            .IsRetry.Should()
            .BeTrue();
}
