using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Acceptance.StartUp;

/// <summary>The first minute with the service: start it, copy a command that it prints, see the event.</summary>
public sealed partial class BannerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Each_command_that_the_first_start_prints_delivers_an_event_to_the_sandbox()
    {
        await using var service = await ServiceProcess.StartAsync(_folder, settings: null, "Development");
        var commands = service
            .Output.Split('\n')
            .Where(line => line.StartsWith("curl ", StringComparison.Ordinal))
            .ToList();
        using var received = new ReceivedEvents(new HttpClient { BaseAddress = service.Address });

        foreach (var command in commands)
        {
            using var response = await service.Http.SendAsync(Parse(command));
            var outcome = JsonNode.Parse(await response.Content.ReadAsStringAsync());
            outcome!["events"]![0]!["outcome"]!.GetValue<string>().Should().Be("accepted", command);
        }

        commands.Should().HaveCount(4, "there is one for each source");
        (await received.UntilAsync(events => events.Count >= 4))
            .Select(one => one["dataset"]!.GetValue<string>())
            .Should()
            .OnlyHaveUniqueItems();
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// The request that curl would send. StartUpBannerTests shows that bash and curl read the command in this way.
    /// </summary>
    private static HttpRequestMessage Parse(string command)
    {
        var words = Words()
            .Matches(command)
            .Select(word => word.Value.Replace("'\\''", "\0", StringComparison.Ordinal).Trim('\'').Replace('\0', '\''))
            .ToList();
        var request = new HttpRequestMessage(
            HttpMethod.Post,
            words.Single(word => word.StartsWith("http", StringComparison.Ordinal))
        );
        for (var i = 0; i < words.Count - 1; i++)
        {
            switch (words[i])
            {
                case "-u":
                    request.Headers.Authorization = new AuthenticationHeaderValue(
                        "Basic",
                        Convert.ToBase64String(Encoding.UTF8.GetBytes(words[i + 1]))
                    );
                    break;
                case "-H":
                    request.Headers.TryAddWithoutValidation(words[i + 1].Split(": ")[0], words[i + 1].Split(": ")[1]);
                    break;
                case "-d":
                    request.Content = new StringContent(words[i + 1], Encoding.UTF8, "application/json");
                    break;
            }
        }

        return request;
    }

    /// <summary>A bare word, or text in single quotes in which '\'' means a quote.</summary>
    [GeneratedRegex(@"'(?:[^']|'\\'')*'|[^\s']+")]
    private static partial Regex Words();
}
