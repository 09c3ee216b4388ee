using Microsoft.AspNetCore.Hosting.Server;

namespace OfflineConversions.Server.Ingestion.Kestrel;

/// <summary>
/// Kestrel drains the rest of a body after the response. Where what arrives then is not HTTP, for example a trailer
/// that is not text, Kestrel closes the connection, and in some cases logs an error with a stack trace, as if the
/// service had misused the body. Any caller could fill the log in this way, so those entries become debug entries.
/// </summary>
/// <remarks>
/// Only failures of the pump are lowered, which moves bytes from the connection to the body. A misuse of the body by
/// the service fails elsewhere and stays an error.
/// </remarks>
internal static class QuietDraining
{
    private const string Event = "RequestBodyDrainBodyReaderInvalidState";
    private const string Pump = "MessageBody.PumpAsync";

    /// <summary>Creates the web server with a log of its own.</summary>
    public static IServiceCollection AddQuietDraining(this IServiceCollection services)
    {
        if (
            services.LastOrDefault(service => service.ServiceType == typeof(IServer)) is
            { ImplementationType: { } kestrel } registered
        )
        {
            services.Remove(registered);
            services.AddSingleton(provider =>
                (IServer)
                    ActivatorUtilities.CreateInstance(
                        provider,
                        kestrel,
                        new Factory(provider.GetRequiredService<ILoggerFactory>())
                    )
            );
        }

        return services;
    }

    /// <summary>Whether the entry is about bytes that arrived and not about the service.</summary>
    internal static bool IsOfCaller(EventId eventId, Exception? failure) =>
        eventId.Name == Event && failure?.StackTrace?.Contains(Pump, StringComparison.Ordinal) == true;

    private sealed class Factory(ILoggerFactory loggers) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => new Logger(loggers.CreateLogger(categoryName));

        public void AddProvider(ILoggerProvider provider) => loggers.AddProvider(provider);

        public void Dispose()
        {
            // The provider of services disposes the factory that it created.
        }
    }

    private sealed class Logger(ILogger logger) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logger.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) =>
            logger.Log(
                IsOfCaller(eventId, exception) ? LogLevel.Debug : logLevel,
                eventId,
                state,
                exception,
                formatter
            );
    }
}
