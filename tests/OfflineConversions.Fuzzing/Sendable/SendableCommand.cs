using OfflineConversions.Fuzzing.Processes;

namespace OfflineConversions.Fuzzing.Sendable;

/// <summary>Checks a long series of unusual events against the sandbox's rules.</summary>
internal static class SendableCommand
{
    /// <summary>How it is called.</summary>
    public const string Usage = "sendable [number of events, default 100000] [first post, default 0]";

    /// <summary>Runs it.</summary>
    /// <returns>The exit code of the process: 1 if a payload would be refused.</returns>
    public static int Run(string[] args)
    {
        var (events, index) = (Arguments.Number(args, 0, 100_000), Arguments.Number(args, 1, 0));
        if (args.Length > 2 || events is null || index is null)
        {
            Console.Error.WriteLine($"usage: {Usage}");
            return 2;
        }

        var run = new SendableRun();
        var next = index.Value;
        while (run.Events < events)
        {
            run.Check(next++);
        }

        Console.WriteLine(
            $"{next - index} posts with {run.Events} events: {run.Accepted} payloads accepted, "
                + $"{run.Refused.Sum(refused => refused.Times)} of them would be refused"
        );
        foreach (var refused in run.Refused.OrderByDescending(refused => refused.Times))
        {
            Console.WriteLine($"{refused.Times} times {refused.Problem}\n  {refused.Body}\n  {refused.Payload}");
        }

        return run.Refused.Count == 0 ? 0 : 1;
    }
}
