using OfflineConversions.Fuzzing.Processes;

namespace OfflineConversions.Fuzzing.Soak;

/// <summary>A steady load, and the slopes of what the service occupies meanwhile.</summary>
internal static class SoakCommand
{
    /// <summary>How it is called.</summary>
    public const string Usage = "soak [minutes, default 120] [--seed N, default 1]";

    /// <summary>Runs it.</summary>
    /// <returns>The exit code of the process: 1 if something grew or went wrong.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        if (Arguments.Read(args, minutes: 120) is not { } arguments)
        {
            await Console.Error.WriteLineAsync($"usage: {Usage}");
            return 2;
        }

        var report = await SoakRun.RunAsync(arguments.Duration, arguments.Seed);
        Console.WriteLine(report);
        return report.IsClean ? 0 : 1;
    }
}
