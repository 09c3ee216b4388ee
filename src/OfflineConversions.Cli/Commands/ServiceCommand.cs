using OfflineConversions.Cli.Output;
using OfflineConversions.Cli.Service;
using Spectre.Console.Cli;

namespace OfflineConversions.Cli.Commands;

/// <summary>A command that calls the service: finds address and key, and reports a failure.</summary>
internal abstract class ServiceCommand<TSettings>(Terminal terminal) : AsyncCommand<TSettings>
    where TSettings : ServiceSettings
{
    /// <summary>The world around the program.</summary>
    protected Terminal Terminal { get; } = terminal;

    /// <summary>Does the work.</summary>
    /// <returns>Why it did not end well; null if it did.</returns>
    protected abstract Task<Failure?> RunAsync(
        ServiceClient service,
        TSettings settings,
        Screen screen,
        CancellationToken cancellationToken
    );

    public sealed override async Task<int> ExecuteAsync(
        CommandContext context,
        TSettings settings,
        CancellationToken cancellationToken
    )
    {
        var screen = new Screen(Terminal, settings.Json);
        var failure = await RunAsync(settings, screen, cancellationToken);
        if (failure is not null)
        {
            screen.Fail(failure);
        }

        return (int)(failure?.Code ?? ExitCode.Success);
    }

    private async Task<Failure?> RunAsync(TSettings settings, Screen screen, CancellationToken cancellationToken)
    {
        var address = ServiceAddress.Read(settings.Server, Terminal.Variable);
        if (address.Failure is not null)
        {
            return address.Failure;
        }

        var key = OperatorKey.Read(settings.KeyFile, Terminal.Variable);
        if (key.Failure is not null)
        {
            return key.Failure;
        }

        using var service = new ServiceClient(
            address.Value,
            key.Value,
            TimeSpan.FromSeconds(settings.Timeout),
            Terminal.Time
        );
        if (service.IsExposed)
        {
            screen.Note(
                $"{address.Value.Host} is called without TLS: anyone on the network can read the key and the sales."
            );
        }

        try
        {
            return await RunAsync(service, settings, screen, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new Failure(ExitCode.Interrupted, "Interrupted.");
        }
    }
}
