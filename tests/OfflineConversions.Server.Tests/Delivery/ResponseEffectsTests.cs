using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tests.Outbox;
using OfflineConversions.Server.Tests.Telemetry;

namespace OfflineConversions.Server.Tests.Delivery;

public sealed class ResponseEffectsTests
{
    private static readonly GraphResponse Foreign = new() { Status = 404 };
    private static readonly GraphResponse Metas = new() { Status = 200, Received = 1 };

    private readonly CapturedLog _log = new();
    private readonly ResponseEffects _effects;

    public ResponseEffectsTests()
    {
        var time = new FakeTimeProvider();
        var states = new ConnectionStates(
            new InMemoryOutbox(time),
            new ProbeSchedule(new DeliveryOptions()),
            SteadyTime.Over(time),
            NullLogger<ConnectionStates>.Instance
        );
        _effects = new ResponseEffects(states.Of("stores"), "Graph:ApiVersion v27.0", time, _log);
    }

    [Fact]
    public void The_third_foreign_response_in_a_row_is_reported_for_each_dataset_until_Meta_responds_there()
    {
        Reported(Foreign, "1", 5).Should().Equal(false, false, true, false, false);
        Reported(Foreign, "2", 2).Should().Equal(false, false);
        Reported(Metas, "1", 1).Should().Equal(false);
        Reported(Foreign, "2", 1).Should().Equal(true);
        Reported(Foreign, "1", 3).Should().Equal(false, false, true);
    }

    private bool[] Reported(GraphResponse response, string dataset, int times) =>
        [.. Enumerable.Range(0, times).Select(_ => Reports(response, dataset))];

    private bool Reports(GraphResponse response, string dataset)
    {
        var before = _log.Lines.Count;
        _effects.NoteSender(dataset, response);
        return _log.Lines.Skip(before).Any(line => line.Level == LogLevel.Warning);
    }
}
