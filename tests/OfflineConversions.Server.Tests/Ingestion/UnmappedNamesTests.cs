using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Tests.Telemetry;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Tests.Ingestion;

public sealed class UnmappedNamesTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeTimeProvider _time = new();
    private readonly CapturedLog _log = new();
    private readonly Connection _connection = new(
        "shop",
        new ConnectionOptions { Source = EventSources.All.Find("Segment") }
    );
    private readonly UnmappedNames _names;
    private readonly List<string> _counted = [];
    private readonly MeterListener _listener = new();

    public UnmappedNamesTests()
    {
        _names = new UnmappedNames(_services.GetRequiredService<IMeterFactory>(), _time, _log.For<UnmappedNames>());
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "offlineconversions.events.unmapped")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>(
            (_, times, tags, _) =>
            {
                foreach (var (key, value) in tags)
                {
                    if (key == "event_name")
                    {
                        _counted.AddRange(Enumerable.Repeat((string)value!, (int)times));
                    }
                }
            }
        );
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void A_name_is_counted_each_time_and_logged_once_an_hour()
    {
        Note("Coffee Brewed", 3);
        Note("Tea Brewed", 1);
        _log.Lines.Should().HaveCount(2).And.OnlyContain(line => line.Text.Contains("shop"));

        _time.Advance(TimeSpan.FromMinutes(59));
        Note("Coffee Brewed", 1);
        _log.Lines.Should().HaveCount(2);

        _time.Advance(TimeSpan.FromMinutes(1));
        Note("Coffee Brewed", 2);
        _log.Lines.Should().HaveCount(3);
        _counted.Count(name => name == "Coffee Brewed").Should().Be(6);
    }

    [Fact]
    public void Names_without_an_end_are_counted_and_logged_together()
    {
        for (var number = 0; number < 10 * UnmappedNames.MostNames; number++)
        {
            Note($"Event {number}", 1);
        }

        _counted.Distinct().Should().HaveCount(UnmappedNames.MostNames + 1).And.Contain(UnmappedNames.Others);
        _log.Lines.Should().HaveCount(UnmappedNames.MostNames + 1);
    }

    [Fact]
    public void A_name_that_looks_like_personal_data_is_hidden()
    {
        Note(name: null, 1);
        _counted.Should().Equal(UnmappedNames.Hidden);
    }

    [Fact]
    public void Other_outcomes_are_not_counted()
    {
        _names.Note(_connection, [new EventOutcome(Outcome.Ignored, Reason.NoConsent, [], "id", "Coffee Brewed")]);
        _counted.Should().BeEmpty();
        _log.Lines.Should().BeEmpty();
    }

    private void Note(string? name, int count) =>
        _names.Note(
            _connection,
            [.. Enumerable.Repeat(new EventOutcome(Outcome.Ignored, Reason.EventNotMapped, [], "id", name), count)]
        );
}
