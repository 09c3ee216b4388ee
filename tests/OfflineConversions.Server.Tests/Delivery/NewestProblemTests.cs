using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Tests.Targets.Meta;
using OfflineConversions.Server.Tests.Telemetry;

namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>State, reason and log report the newest problem of a connection.</summary>
public sealed partial class NewestProblemTests
{
    /// <summary>The first problem, the one that its probe meets, and what is reported then.</summary>
    [Theory]
    [MemberData(nameof(Pairs))]
    [InlineData("190", "100/33", "Halted", "unknown_dataset")]
    [InlineData("100/33", "10", "Halted", "permission_denied")]
    [InlineData("190", "613", "Throttled", "throttled_by_meta")]
    [InlineData("190", "down", "Throttled", "meta_unreachable")]
    public async Task A_probe_that_meets_another_problem_reports_that_one(
        string first,
        string second,
        string condition,
        string reason
    )
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Graph.Otherwise = _ => Problem(first);
        harness.Store(30);
        await harness.StartAsync();
        await harness.UntilAsync(() => harness.Stores.Condition == Condition.Halted && harness.Stores.InFlight == 0);
        var before = harness.Log.Count;

        harness.Graph.Otherwise = _ => Problem(second);
        await harness.UntilAsync(() => harness.Stores.Reason == reason && harness.Stores.InFlight == 0);

        harness.Stores.Condition.ToString().Should().Be(condition);
        harness.Stores.IsHalted.Should().BeTrue("nothing has shown that the halt is over");
        harness
            .Log.Skip(before)
            .Where(line => line.Level >= LogLevel.Warning)
            .Should()
            .ContainSingle()
            .Which.Text.Should()
            .Contain(reason);
        harness
            .Log.Skip(before)
            .Should()
            .NotContain(line => line.Text.Contains("resumed", StringComparison.OrdinalIgnoreCase));

        harness.Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        await harness.UntilEmptyAsync();
        harness.Stores.Condition.Should().Be(Condition.Active);
        harness.Outbox.Failed.Should().BeEmpty();
    }

    [Fact]
    public async Task A_problem_that_a_datasets_probe_meets_holds_up_no_other_dataset_and_is_replaced_by_the_next_one()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        var problem = "10";
        harness.Graph.Otherwise = request =>
            request.Path.Contains("/wrong/", StringComparison.Ordinal)
                ? Problem(Volatile.Read(ref problem))
                : Scripted.Taken(request.Events.Count);
        harness.Store(3, dataset: "wrong");
        await harness.StartAsync();
        await harness.UntilAsync(() => harness.Stores.Condition == Condition.Halted && harness.Stores.InFlight == 0);

        Volatile.Write(ref problem, "1/99");
        await harness.UntilAsync(() => harness.Stores.Reason == "meta_unreachable");
        harness.Stores.Detail.Should().Be("Meta reported an error without a known cause (code 1, subcode 99)");
        harness.Store(1, dataset: "right", from: 7);
        var stored = harness.Time.GetUtcNow();
        await harness.UntilAsync(() => harness.Delivered().Contains(7));
        harness.Time.GetUtcNow().Should().BeBefore(stored + TimeSpan.FromSeconds(5));
        harness.Stores.Reason.Should().Be("meta_unreachable", "the other dataset says nothing about this one");

        Volatile.Write(ref problem, "10");
        await harness.UntilAsync(() => harness.Stores.Reason == "permission_denied");
        harness.Stores.Condition.Should().Be(Condition.Halted);

        harness.Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        await harness.UntilEmptyAsync();
        harness.Stores.Condition.Should().Be(Condition.Active);
    }

    [Theory]
    [InlineData("190")]
    [InlineData("368")]
    [InlineData("10")]
    [InlineData("803")]
    public async Task A_refused_event_shows_that_a_halt_is_over_unless_it_was_about_refusals(string first)
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Graph.Otherwise = _ => Problem(first);
        harness.Store(3);
        await harness.StartAsync();
        await harness.UntilAsync(() => harness.Stores.Condition == Condition.Halted && harness.Stores.InFlight == 0);

        harness.Graph.Otherwise = _ => Problem("refused");
        await harness.UntilEmptyAsync();

        harness.Stores.Condition.Should().Be(Condition.Active);
        harness.Outbox.Failed.Should().HaveCount(3);
    }

    [Fact]
    public async Task Problems_that_alternate_are_each_reported_when_they_return()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Graph.Otherwise = _ => Problem("190");
        harness.Store(1);
        await harness.StartAsync();
        foreach (var (problem, reason) in new[] { ("190", "token_invalid"), ("down", "meta_unreachable") })
        {
            for (var times = 0; times < 2; times++)
            {
                harness.Graph.Otherwise = _ => Problem(problem == "190" ? "down" : "190");
                var other = problem == "190" ? "meta_unreachable" : "token_invalid";
                await harness.UntilAsync(() => harness.Stores.Reason == other && harness.Stores.InFlight == 0);
                var before = harness.Log.Count;

                harness.Graph.Otherwise = _ => Problem(problem);
                await harness.UntilAsync(() => harness.Stores.Reason == reason && harness.Stores.InFlight == 0);

                harness
                    .Log.Skip(before)
                    .Where(line => line.Level >= LogLevel.Warning)
                    .Should()
                    .ContainSingle()
                    .Which.Text.Should()
                    .Contain(reason);
            }
        }

        harness.Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        await harness.UntilEmptyAsync();
    }

    [Fact]
    public async Task An_unsupported_version_is_logged_with_the_configured_version()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Graph.Otherwise = _ => Scripted.Error(2635);
        harness.Store(3);
        await harness.StartAsync();

        await harness.UntilAsync(() => harness.Stores.Reason == "unsupported_version");

        harness.Log.Should().Contain(line => line.Text.Contains("Graph:ApiVersion v27.0", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("hang up", "the connection broke")]
    [InlineData("502", "an HTML page arrived with HTTP status 502, probably from a proxy or gateway")]
    [InlineData("403", "an HTML page arrived with HTTP status 403, probably from a proxy or gateway")]
    public async Task While_Meta_is_unreachable_the_state_says_how_and_the_recovery_is_logged(string way, string detail)
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Graph.Otherwise = _ =>
            way == "hang up" ? Scripted.HangUp() : Scripted.Down(int.Parse(way, CultureInfo.InvariantCulture));
        harness.Store(3);
        await harness.StartAsync();

        await harness.UntilAsync(() => harness.Stores.Reason == "meta_unreachable");

        harness.Stores.Condition.Should().Be(Condition.Throttled);
        harness.Stores.Detail.Should().Be(detail);
        harness
            .Log.Should()
            .Contain(line =>
                line.Text.Contains("meta_unreachable", StringComparison.Ordinal)
                && line.Text.Contains(detail, StringComparison.Ordinal)
            );
        harness.Log.Should().OnlyContain(line => !line.Text.Contains("recovered", StringComparison.Ordinal));

        harness.Graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        await harness.UntilEmptyAsync();

        harness.Stores.Should().Match<ConnectionStatus>(it => it.Condition == Condition.Active && it.Detail == null);
        harness
            .Log.Should()
            .ContainSingle(line => line.Text.Contains("recovered", StringComparison.Ordinal))
            .Which.Should()
            .Match<LogLine>(line =>
                line.Level == LogLevel.Information && line.Text.Contains("meta_unreachable", StringComparison.Ordinal)
            );
    }

    [Fact]
    public async Task Dates_in_the_log_are_ISO_8601()
    {
        await using var harness = await DeliveryHarness.CreateAsync();
        harness.Graph.Then(Scripted.Error(613));
        harness.Store(1);
        await harness.StartAsync();
        await harness.UntilEmptyAsync();

        harness
            .Log.Should()
            .Contain(line =>
                Regex.IsMatch(
                    line.Text,
                    "slowed down until [0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z",
                    RegexOptions.None,
                    TimeSpan.FromSeconds(1)
                )
            );
    }
}
