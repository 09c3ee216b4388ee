using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using OfflineConversions.Server.Telemetry;

namespace OfflineConversions.Server.Tests.Telemetry;

public sealed class RedactingLogTests : IDisposable
{
    private readonly Written _written = new();
    private readonly ILoggerFactory _factory;

    public RedactingLogTests()
    {
        var log = new RedactingLog(_written);
        _factory = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
    }

    [Theory]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Information, false)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogLevel.Debug, false)]
    [InlineData("System.Net.Http.HttpClient.GraphClient.ClientHandler", LogLevel.Trace, false)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Warning, true)]
    [InlineData("Microsoft.Hosting.Lifetime", LogLevel.Information, true)]
    [InlineData("OfflineConversions.Server.Delivery.Shipper", LogLevel.Trace, true)]
    public void Of_the_frameworks_lines_about_requests_only_warnings_are_written(
        string category,
        LogLevel level,
        bool written
    )
    {
        var logger = _factory.CreateLogger(category);

        logger.Log(level, 0, "line", null, (state, _) => state);

        logger.IsEnabled(level).Should().Be(written);
        _written.Lines.Should().HaveCount(written ? 1 : 0);
    }

    [Fact]
    public void Of_an_exception_its_types_and_places_are_told_but_not_what_it_quotes()
    {
        Log(
            Thrown(
                new InvalidOperationException(
                    "jane@example.com",
                    new FormatException("The input string 'jane@example.com' was not in a correct format.")
                )
            )
        );

        _written
            .Lines.Should()
            .ContainSingle()
            .Which.Should()
            .Contain("InvalidOperationException")
            .And.Contain("FormatException")
            .And.Contain(nameof(Thrown))
            .And.NotContain("jane");
    }

    [Fact]
    public void A_request_that_is_no_HTTP_is_not_quoted()
    {
        Log(new BadHttpRequestException("Invalid request header: 'Authorization: Bearer t0ken'"));

        _written
            .Lines.Should()
            .ContainSingle()
            .Which.Should()
            .Contain("BadHttpRequestException")
            .And.NotContain("t0ken");
    }

    [Fact]
    public void What_disk_and_database_say_is_told()
    {
        Log(new IOException("No space left on device", new SqliteException("database or disk is full", 13)));

        _written
            .Lines.Should()
            .ContainSingle()
            .Which.Should()
            .Contain("No space left on device")
            .And.Contain("database or disk is full");
    }

    [Fact]
    public void Scopes_which_hold_the_path_are_not_kept()
    {
        using (_factory.CreateLogger("any").BeginScope("/jane@example.com"))
        {
            _factory.CreateLogger("any").LogScoped();
        }

        _written.Scopes.Should().BeEmpty();
        _written.Lines.Should().ContainSingle();
    }

    public void Dispose() => _factory.Dispose();

    private void Log(Exception exception) =>
        _factory.CreateLogger("any").Log(LogLevel.Error, 0, "line", exception, (state, _) => state);

    private static Exception Thrown(Exception exception)
    {
        try
        {
            throw exception;
        }
        catch (Exception caught)
        {
            return caught;
        }
    }

    private sealed class Written : ILoggerProvider, ILogger
    {
        public List<string> Lines { get; } = [];

        public List<string> Scopes { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Scopes.Add(state.ToString()!);
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Add($"{formatter(state, exception)} {exception?.Message} {exception}");

        public void Dispose() { }
    }
}

internal static partial class Scoped
{
    [LoggerMessage(1, LogLevel.Information, "line")]
    public static partial void LogScoped(this ILogger logger);
}
