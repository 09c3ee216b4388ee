using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Doctor;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Hosting;

/// <summary>
/// The option <c>--online</c> of <c>--check</c>: asks Meta about every connection, without opening the outbox and
/// without recording an event.
/// </summary>
internal static class OnlineCheck
{
    /// <summary>Prints what is found, one line each.</summary>
    /// <returns>0 if every connection could deliver now; else 1.</returns>
    public static async Task<int> RunAsync(ServiceOptions options, TextWriter output)
    {
        if (options.ReachesSandbox)
        {
            await output.WriteLineAsync(
                "Events go to the built-in sandbox, which takes every token, so there is nothing to ask Meta."
            );
            return 0;
        }

        await using var services = Services(options);
        var problems = 0;
        foreach (var connection in RuntimeSettings.From(options).Connections)
        {
            var lines = await services
                .GetRequiredService<ConnectionDiagnosis>()
                .RunAsync(connection, CancellationToken.None);
            foreach (var line in lines)
            {
                problems += line.Verdict is Verdict.Problem or Verdict.Unknown ? 1 : 0;
                await output.WriteLineAsync(
                    $"{Word(line.Verdict).PadRight(8)} {connection.Name}: {line.Aspect}: {line.Text}"
                );
            }
        }

        await output.WriteLineAsync(
            problems == 0 ? "Every connection can deliver." : "Not every connection can deliver, or could be tested."
        );
        return problems == 0 ? 0 : 1;
    }

    private static ServiceProvider Services(ServiceOptions options) =>
        new ServiceCollection()
            .AddGraph(options.Graph, _ => new GraphAddress(() => options.Graph.BaseAddress))
            .AddSingleton<IReplicaStore, OnlyProcess>()
            .AddConnectionTests()
            .BuildServiceProvider();

    private static string Word(Verdict verdict) =>
        verdict switch
        {
            Verdict.Ok => "ok",
            Verdict.Warning => "warning",
            Verdict.Unknown => "unknown",
            _ => "problem",
        };
}
