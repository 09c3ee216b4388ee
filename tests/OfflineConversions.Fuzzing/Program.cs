using OfflineConversions.Fuzzing;
using OfflineConversions.Fuzzing.Corruption;
using OfflineConversions.Fuzzing.Faults;
using OfflineConversions.Fuzzing.PowerCut;
using OfflineConversions.Fuzzing.Previews;
using OfflineConversions.Fuzzing.Processes;
using OfflineConversions.Fuzzing.Replicas;
using OfflineConversions.Fuzzing.Sendable;
using OfflineConversions.Fuzzing.Soak;

if (args is ["corruption", .. var damaged])
{
    return CorruptionCommand.Run(damaged);
}

if (args is ["faults", .. var troubled])
{
    return await FaultsCommand.RunAsync(troubled);
}

if (args is ["previews", .. var rest])
{
    return PreviewCommand.Run(rest);
}

if (args is ["sendable", .. var numbers])
{
    return SendableCommand.Run(numbers);
}

if (args is ["replicas", .. var killed])
{
    return await ReplicasCommand.RunAsync(killed);
}

if (args is ["soak", .. var steady])
{
    return await SoakCommand.RunAsync(steady);
}

if (args is ["power-cuts", .. var cuts])
{
    return await PowerCutCommand.RunAsync(cuts);
}

// What is mutated, what must hold, and what was found so far: docs/testing.md, "Fuzzing"
var names = args.FirstOrDefault() is "all"
    ? TargetList.Names
    : TargetList.Names.Where(name => name == args.FirstOrDefault()).ToArray();
if (names.Count == 1 && args.Length == 2 && File.Exists(args[1]))
{
    using var alone = TargetList.Create(names[0]);
    Console.WriteLine(alone.Run(File.ReadAllBytes(args[1])) ?? "no finding");
    return 0;
}

var (executions, seed) = (Arguments.Number(args, 1, 0), Arguments.Number(args, 2, 1));
if (names.Count == 0 || executions is null || seed is null)
{
    Console.Error.WriteLine(
        $"""
        usage: all | {string.Join(
            " | ",
            TargetList.Names
        )} [executions, default 1000000; outbox 20000] [seed, default 1]
               or one target and the file of one input
               or {CorruptionCommand.Usage}
               or {FaultsCommand.Usage}
               or {PowerCutCommand.Usage}
               or {PreviewCommand.Usage}
               or {ReplicasCommand.Usage}
               or {SendableCommand.Usage}
               or {SoakCommand.Usage}
        """
    );
    return 2;
}

var isClean = true;
foreach (var name in names)
{
    using var target = TargetList.Create(name);
    var report = new FuzzRun(target, seed.Value).Run(
        executions.Value > 0 ? executions.Value : target.Executions,
        Environment.ProcessorCount
    );
    Console.WriteLine(report);
    foreach (var finding in report.Findings)
    {
        Console.WriteLine(
            $"  {finding.Problem}\n  {finding.Times} times, smallest input: {Findings.Write(target, finding)}"
        );
        isClean = false;
    }
}

return isClean ? 0 : 1;
