using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OfflineConversions.Server.Telemetry;
using OfflineConversions.Server.Tests.Acceptance;
using OfflineConversions.Server.Tests.Ingestion;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Telemetry;

public sealed class ConsoleLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_configured_level_decides_what_is_logged()
    {
        await using var service = await ServiceUnderTest.StartAsync(); // Logging:LogLevel:Default is Error there

        var logger = service.Services.GetRequiredService<ILogger<ConsoleLogTests>>();

        logger.IsEnabled(LogLevel.Warning).Should().BeFalse();
        logger.IsEnabled(LogLevel.Error).Should().BeTrue();
    }

    [Theory]
    [InlineData("Production", null)]
    [InlineData("Development", "Json")]
    public async Task As_JSON_every_log_line_is_one_object_with_the_version_of_the_program(
        string environment,
        string? format
    )
    {
        await using var service = await ServiceProcess.StartAsync(
            _folder,
            Settings.OwnSandbox,
            environment,
            logFormat: format
        );

        var lines = service
            .Output.Split('\n')
            .Where(line => line.StartsWith('{'))
            .Select(line => JsonElement.Parse(line))
            .ToArray();

        lines
            .Should()
            .Contain(line =>
                Text(line, "@mt") == "Now listening on: {address}"
                && Text(line, "address") == service.Address.OriginalString
            );
        lines
            .Should()
            .OnlyContain(line => Text(line, "Version") == ProgramVersion.Text && Text(line, "@t").EndsWith('Z'));
        service.Output.Should().NotContain(" INF ");
    }

    [Theory]
    [InlineData("Development", null)]
    [InlineData("Production", "Text")]
    public async Task As_text_every_log_line_has_time_level_category_and_message(string environment, string? format)
    {
        await using var service = await ServiceProcess.StartAsync(
            _folder,
            Settings.OwnSandbox,
            environment,
            logFormat: format
        );

        service
            .Output.Should()
            .MatchRegex(@"(?m)^[0-9-]{10}T[0-9:.]{12}[+-][0-9:]{5} INF Microsoft\.Hosting\.Lifetime Now listening on: ")
            .And.NotContain("\"@t\"");
    }

    [Fact]
    public async Task A_load_run_writes_one_line_for_each_batch_and_none_for_an_event_or_a_post()
    {
        const int Posts = 40;
        const int OrdersOfAPost = 25;
        await using var service = await ServiceProcess.StartAsync(_folder, Settings.OwnSandbox);
        var linesOfTheStart = service.Output.Split('\n').Length;

        for (var post = 0; post < Posts; post++)
        {
            string[] orders = [.. Enumerable.Range(0, OrdersOfAPost).Select(order => $"{post}-{order}")];
            (await service.Http.PostOrdersAsync(orders)).Should().BeTrue();
        }

        var metrics = await MetricsPage.ReadAsync(service.Http);
        await service.UntilAsync(async () =>
        {
            metrics = await MetricsPage.ReadAsync(service.Http);
            return metrics.Sum("offlineconversions_delivery_events_delivered_total") == Posts * OrdersOfAPost;
        });
        var requests = metrics.Sum("offlineconversions_delivery_requests_total");
        await Wait.UntilAsync(() => Delivered().Count() == requests);

        Delivered()
            .Sum(line => int.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture))
            .Should()
            .Be(Posts * OrdersOfAPost);
        (service.Output.Split('\n').Length - linesOfTheStart).Should().BeLessThan((int)requests + 5);

        IEnumerable<string> Delivered() => service.Output.Split(" Delivered ").Skip(1);
    }

    private static string Text(JsonElement line, string name) => line.GetProperty(name).GetString()!;
}
