using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Telemetry;

namespace OfflineConversions.Server.Tests.Telemetry;

public sealed partial class SampledLogTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CapturedLog _written = new();
    private readonly SampledLog _log;
    private readonly ILogger _logger;

    public SampledLogTests()
    {
        _log = new SampledLog(_written, _time);
        _logger = _log.CreateLogger("any");
    }

    [Fact]
    public void An_hour_of_the_same_trouble_writes_a_few_lines_and_says_how_many_it_left_out()
    {
        for (var second = 0; second < 3600; second++)
        {
            Sample.Trouble(_logger, "stores");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var lines = _written.Lines.Select(line => line.Text).ToList();
        var trouble = lines.Count(line => line == "trouble of stores");
        var leftOut = lines.Where(line => line != "trouble of stores").ToList();
        trouble.Should().BeInRange(11, 20);
        leftOut.Should().HaveCount(trouble - SampledLog.Burst).And.OnlyContain(line => line.StartsWith("Left out "));
        leftOut.Sum(line => int.Parse(line.Split(' ')[2])).Should().BeInRange(3600 - trouble - 600, 3600 - trouble);
    }

    [Fact]
    public void Trouble_that_repeats_only_once_in_half_a_minute_writes_a_few_lines_as_well()
    {
        for (var times = 0; times < 120; times++)
        {
            Sample.Trouble(_logger, "stores");
            _time.Advance(TimeSpan.FromSeconds(30));
        }

        _written.Lines.Should().HaveCountLessThan(25);
    }

    [Fact]
    public void Trouble_of_one_connection_hides_neither_that_of_another_nor_other_trouble_of_it()
    {
        for (var i = 0; i < 100; i++)
        {
            Sample.Trouble(_logger, "stores");
        }

        Sample.Trouble(_logger, "web");
        Sample.OtherTrouble(_logger, "stores");

        _written.Lines.Select(line => line.Text).Should().HaveCount(12).And.Contain("trouble of web");
    }

    [Fact]
    public void What_is_no_trouble_is_never_left_out()
    {
        for (var i = 0; i < 100; i++)
        {
            Sample.News(_logger, "stores");
        }

        _written.Lines.Should().HaveCount(100);
    }

    [Fact]
    public void After_a_quiet_time_every_line_counts_again()
    {
        for (var day = 0; day < 3; day++)
        {
            for (var i = 0; i < SampledLog.Burst; i++)
            {
                Sample.Trouble(_logger, "stores");
            }

            _time.Advance(TimeSpan.FromDays(1));
        }

        _written.Lines.Should().HaveCount(3 * SampledLog.Burst);
    }

    public void Dispose()
    {
        _log.Dispose();
        _written.Dispose();
    }

    private static partial class Sample
    {
        [LoggerMessage(1, LogLevel.Warning, "trouble of {Connection}")]
        public static partial void Trouble(ILogger logger, string connection);

        [LoggerMessage(2, LogLevel.Error, "other trouble of {Connection}")]
        public static partial void OtherTrouble(ILogger logger, string connection);

        [LoggerMessage(3, LogLevel.Information, "news of {Connection}")]
        public static partial void News(ILogger logger, string connection);
    }
}
