using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Validation;

namespace OfflineConversions.Server.Hosting;

/// <summary>
/// The option <c>--healthcheck</c>: asks the service on this machine whether it is alive and exits with 0 or 1. The
/// container image has neither a shell nor curl, so the program is its own probe.
/// </summary>
internal static class HealthCheckCommand
{
    /// <summary>The argument that makes the process a probe instead of a service.</summary>
    public const string Option = "--healthcheck";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Whether the arguments ask for the probe.</summary>
    public static bool IsAskedFor(IReadOnlyList<string> args) =>
        args.Contains(Option, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// 0 when the service answers <c>/healthz</c> with success within 3 seconds, else 1 and the cause on <paramref
    /// name="errors"/>.
    /// </summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter errors)
    {
        // The option has no value, but the command line's reader would use the next argument as one.
        string[] rest = [.. args.Where(argument => !argument.Equals(Option, StringComparison.OrdinalIgnoreCase))];
        var configuration = new ConfigurationBuilder()
            .AddEnvironmentVariables("DOTNET_")
            .AddEnvironmentVariables("ASPNETCORE_")
            .AddCommandLine(rest)
            .Build();
        var problems = new ConfigurationProblems();
        ListeningRules.Check(configuration, problems);
        if (problems.All.Count > 0)
        {
            ServiceConfiguration.Explain(problems.All, errors);
            return 1;
        }

        if (Address(configuration) is { } address)
        {
            return await AskAsync(address, errors);
        }

        await errors.WriteLineAsync("The configuration has no plain HTTP address to ask.");
        return 1;
    }

    /// <summary>The first plain HTTP address the service listens on.</summary>
    public static Uri? Address(IConfiguration configuration) =>
        ListeningAddress
            .Configured(configuration)
            .Where(address => address.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            .Select(ListeningAddress.Reachable)
            .FirstOrDefault();

    // One request in the life of this process needs no client factory, and a request to this machine no proxy.
    private static async Task<int> AskAsync(Uri address, TextWriter errors)
    {
        using var client = new HttpMessageInvoker(
            new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }
        );
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/healthz"));
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            using var response = await client.SendAsync(request, patience.Token);
            if (response.IsSuccessStatusCode)
            {
                return 0;
            }

            await errors.WriteLineAsync($"{request.RequestUri} responded with status {(int)response.StatusCode}.");
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            await errors.WriteLineAsync($"{request.RequestUri} did not respond: {failure.Message}");
        }

        return 1;
    }
}
