using System.Globalization;
using System.Text;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tests.Outbox;
using OfflineConversions.Server.Tests.Targets.Meta;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>An error of Meta that says which event of the batch it is about.</summary>
public sealed class ReportedEventTests : IAsyncLifetime
{
    private DeliveryHarness _harness = null!;

    public async Task InitializeAsync() => _harness = await DeliveryHarness.CreateAsync();

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task An_event_that_Meta_reports_is_isolated_at_once()
    {
        _harness.Graph.Then(Reported(4)).Otherwise = request =>
            request.Events.Contains("""{"n":4}""")
                ? Scripted.Error(100, 1815356)
                : Scripted.Taken(request.Events.Count);
        _harness.Store(9);

        await _harness.RunUntilEmptyAsync();

        _harness.Graph.Requests.Select(request => request.Events.Count).Should().Equal(9, 1, 4, 4);
        _harness.Outbox.Failed.Should().ContainSingle().Which.Text().Should().Be("""{"n":4}""");
    }

    [Fact]
    public async Task An_event_that_Meta_reports_wrongly_is_not_buried()
    {
        _harness.Graph.Otherwise = request =>
            request.Events.Contains("""{"n":5}""") ? Reported(0) : Scripted.Taken(request.Events.Count);
        _harness.Store(9);

        await _harness.RunUntilEmptyAsync();

        _harness.Outbox.Failed.Should().ContainSingle().Which.Text().Should().Be("""{"n":5}""");
        _harness.Delivered().Should().Equal(0, 1, 2, 3, 4, 6, 7, 8);
    }

    [Theory]
    [InlineData(
        "Param $['data'][INDEX]['custom_data']['content_category'] must be a string",
        "custom_data.content_category"
    )]
    [InlineData("Unexpected key \"name\" on param \"$['data'][INDEX]['custom_data']\".", "custom_data.name")]
    [InlineData("(#100) data[INDEX].user_data.em is bad", "user_data.em")]
    public async Task An_event_that_the_message_names_by_position_and_path_is_isolated_at_once(
        string message,
        string field
    )
    {
        _harness.Graph.Otherwise = request =>
            Named(request, message, bad => bad.IndexOf("""{"n":4}""")) ?? Scripted.Taken(request.Events.Count);
        _harness.Store(9);

        await _harness.RunUntilEmptyAsync();

        _harness.Graph.Requests.Select(request => request.Events.Count).Should().Equal(9, 1, 4, 4);
        var failed = _harness.Outbox.Failed.Should().ContainSingle().Subject;
        failed.Text().Should().Be("""{"n":4}""");
        failed.Burial.Field.Should().Be(field);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(400)]
    public async Task A_position_that_proves_wrong_leads_to_bisection_and_to_the_right_event(int named)
    {
        _harness.Graph.Otherwise = request =>
            Named(request, "Param $['data'][INDEX]['event_time'] is bad", bad =>
                bad.Contains("""{"n":5}""") ? named : -1
            ) ?? Scripted.Taken(request.Events.Count);
        _harness.Store(9);

        await _harness.RunUntilEmptyAsync();

        _harness.Outbox.Failed.Should().ContainSingle().Which.Text().Should().Be("""{"n":5}""");
        _harness.Delivered().Should().Equal(0, 1, 2, 3, 4, 6, 7, 8);
    }

    /// <summary>A refusal that names a position, unless the position is negative.</summary>
    private static Scripted? Named(Received request, string message, Func<List<string>, int> position) =>
        position([.. request.Events]) is >= 0 and var index
            ? new Scripted(
                400,
                JsonSerializer.Serialize(
                    new
                    {
                        error = new
                        {
                            code = 100,
                            message = message.Replace(
                                "INDEX",
                                index.ToString(CultureInfo.InvariantCulture),
                                StringComparison.Ordinal
                            ),
                            fbtrace_id = "T2",
                        },
                    }
                )
            )
            : null;

    private static Scripted Reported(int index) =>
        new(
            400,
            """{"error":{"code":100,"error_subcode":1815356,"error_data":{"event_index":"""
                + index.ToString(CultureInfo.InvariantCulture)
                + "}}}"
        );
}
