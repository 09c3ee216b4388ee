using System.Globalization;
using System.Text;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Secrets;
using OfflineConversions.Server.Ingestion.Protocols;

namespace OfflineConversions.Server.Hosting;

/// <summary>In Development, prints the addresses and, for each source, a command that posts an event.</summary>
internal sealed class StartUpBanner(
    ListeningAddress listening,
    ServiceOptions options,
    DemoKeys demo,
    VendorProtocols protocols,
    IHostEnvironment environment,
    TimeProvider time
) : IHostedLifecycleService
{
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (environment.IsDevelopment() && listening.Current is { } address)
        {
            await Console.Out.WriteLineAsync(Text(address, listening.Operator).AsMemory(), cancellationToken);
        }
    }

    /// <summary>The banner.</summary>
    public string Text(Uri address, Uri? operators = null)
    {
        var at = address.ToString().TrimEnd('/');
        var text = new StringBuilder();
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"  OfflineConversions  {at}");
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"  Swagger             {(operators ?? address).ToString().TrimEnd('/')}/swagger"
        );
        if (options.Sandbox.Enabled)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  Sandbox             {at}/sandbox/events");
        }

        foreach (var key in demo.All.Where(key => key.Source.IsPosted))
        {
            text.AppendLine()
                .AppendLine(CultureInfo.InvariantCulture, $"  # {key.Source} ({key.Connection})")
                .AppendLine(CurlCommand.Of(protocols.Of(key.Source)!, at, key.Key, time.GetUtcNow()));
        }

        return text.ToString();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
