using System.Diagnostics;
using System.Globalization;
using OfflineConversions.Benchmarks.Reporting;

namespace OfflineConversions.Benchmarks.Comparing;

/// <summary>
/// Runs one command of two builds by turns, so that a machine that drifts drifts for both, and prints the medians of
/// each and their ratio. It reads the lines that the builds print, so the older one may be from before this command.
/// </summary>
internal static class Comparison
{
    private const string Rounds = "--rounds";

    public static async Task RunAsync(IReadOnlyList<string> arguments, Report report)
    {
        var list = arguments.ToList();
        var rounds = 3;
        if (list.IndexOf(Rounds) is >= 0 and var at)
        {
            rounds = int.Parse(list[at + 1], CultureInfo.InvariantCulture);
            list.RemoveRange(at, 2);
        }

        if (list.Count < 3)
        {
            throw new InvalidOperationException("compare needs two folders and a command; see --help.");
        }

        var (older, newer) = (new Build(list[0]), new Build(list[1]));
        var (before, after) = (new List<IReadOnlyList<Figure>>(), new List<IReadOnlyList<Figure>>());
        for (var round = 0; round < rounds; round++)
        {
            // The first to run may find another machine than the second, so they take turns in that too.
            if (round % 2 == 0)
            {
                before.Add(await older.RunAsync(list[2..]));
                after.Add(await newer.RunAsync(list[2..]));
            }
            else
            {
                after.Add(await newer.RunAsync(list[2..]));
                before.Add(await older.RunAsync(list[2..]));
            }

            Report.Note($"round {round + 1} of {rounds} is done");
        }

        foreach (var name in Names(before).Intersect(Names(after)))
        {
            var (old, current) = (Medians(before, name), Medians(after, name));
            report.Row($"{name}: old", old, Unit(before, name));
            report.Row($"{name}: new", current, Unit(after, name));
            report.Row($"{name}: new / old", [.. current.Zip(old, (one, other) => one / other)], "x");
        }

        foreach (var name in Names(before).Except(Names(after)).Concat(Names(after).Except(Names(before))))
        {
            Report.Note($"only one of the builds measures: {name}");
        }
    }

    private static IEnumerable<string> Names(IEnumerable<IReadOnlyList<Figure>> rounds) =>
        rounds.First().Select(figure => figure.Name).Distinct(StringComparer.Ordinal);

    private static double[] Medians(IEnumerable<IReadOnlyList<Figure>> rounds, string name) =>
        [.. rounds.Select(round => round.First(figure => figure.Name == name).Median)];

    private static string Unit(IEnumerable<IReadOnlyList<Figure>> rounds, string name) =>
        rounds.First().First(figure => figure.Name == name).Unit;

    /// <summary>The output folder of a build of this project.</summary>
    private sealed class Build(string folder)
    {
        /// <summary>Runs a command and reads its figures.</summary>
        public async Task<IReadOnlyList<Figure>> RunAsync(IEnumerable<string> command)
        {
            var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
            };
            start.ArgumentList.Add(Path.Combine(folder, "OfflineConversions.Benchmarks.dll"));
            foreach (var argument in command)
            {
                start.ArgumentList.Add(argument);
            }

            using var process = Process.Start(start)!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0
                ? [.. output.Split('\n').Select(line => Figure.Parse(line.TrimEnd('\r'))).OfType<Figure>()]
                : throw new InvalidOperationException(
                    string.Create(CultureInfo.InvariantCulture, $"{folder} ended with {process.ExitCode}:\n{output}")
                );
        }
    }
}
