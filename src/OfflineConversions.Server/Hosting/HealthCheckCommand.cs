using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Validation;

namespace OfflineConversions.Server.Hosting;

/// <summary>
/// The verb <c>--healthcheck</c>: asks the service of this machine whether it is alive and ends with 0 or 1.
/// The container image has neither a shell nor curl, so the program is its own probe.
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
        // The option has no value; left in, it would take the next argument for one.
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

        await errors.WriteLineAsync("The service listens on no plain HTTP address that could be asked.");
        return 1;
    }

    /// <summary>The first plain HTTP address the service listens on.</summary>
    public static Uri? Address(IConfiguration configuration) =>
        ListeningAddress
            .Configured(configuration)
            .Where(address => address.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            .Select(ListeningAddress.Reachable)
            .FirstOrDefault();

    // One question in the life of this process: no client factory to set up, and no proxy between a machine and itself.
    private static async Task<int> AskAsync(Uri address, TextWriter errors)
    {
        using var client = new HttpMessageInvoker(
            new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }
        );
        using var question = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/healthz"));
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            using var answer = await client.SendAsync(question, patience.Token);
            if (answer.IsSuccessStatusCode)
            {
                return 0;
            }

            await errors.WriteLineAsync($"{question.RequestUri} answered {(int)answer.StatusCode}.");
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            await errors.WriteLineAsync($"{question.RequestUri} did not answer: {failure.Message}");
        }

        return 1;
    }
}
