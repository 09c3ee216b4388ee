using System.Collections.Concurrent;
using System.Diagnostics;

namespace OfflineConversions.Fuzzing;

/// <summary>
/// Mutates inputs and executes the target. The input of an execution depends only on the seed of the run and on its own
/// number, so a run finds the same on every machine and with any number of threads.
/// </summary>
internal sealed class FuzzRun
{
    /// <summary>A run stops after this many kinds of findings.</summary>
    private const int MostFindings = 25;

    private static readonly TimeSpan Hanging = TimeSpan.FromSeconds(60);

    private readonly Target _target;
    private readonly int _seed;
    private readonly byte[][] _inputs;
    private readonly ConcurrentDictionary<string, Finding> _findings = new(StringComparer.Ordinal);

    public FuzzRun(Target target, int seed)
    {
        (_target, _seed) = (target, seed);
        _inputs = [.. Corpus.Of(target.Name).Select(kept => kept.Input), .. target.Seeds];
    }

    /// <summary>Executes every kept input and seed as it is.</summary>
    public IReadOnlyList<Finding> Replay()
    {
        Array.ForEach(_inputs, input => Note(input, Execution.Problem(_target, input)));
        return [.. _findings.Values];
    }

    /// <summary>Executes mutated inputs.</summary>
    public FuzzReport Run(int executions, int threads)
    {
        Replay();
        var watch = Stopwatch.StartNew();
        var next = -1;
        var workers = Enumerable
            .Range(0, threads)
            .Select(_ => new Thread(() =>
            {
                var input = Array.Empty<byte>();
                using var alarm = new Timer(_ => Hang(input));
                for (
                    var number = Interlocked.Increment(ref next);
                    number < executions && _findings.Count < MostFindings;
                    number = Interlocked.Increment(ref next)
                )
                {
                    if (number > 0 && number % 100_000 == 0)
                    {
                        Console.Error.WriteLine(
                            $"{_target.Name}: {number:N0} of {executions:N0}, {_findings.Count} findings, "
                                + $"{watch.Elapsed.TotalSeconds:N0} s"
                        );
                    }

                    input = Input(number);
                    alarm.Change(Hanging, Timeout.InfiniteTimeSpan);
                    Note(input, Execution.Problem(_target, input));
                }
            }))
            .ToArray();
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());
        return new FuzzReport(
            _target.Name,
            Math.Min(next, executions),
            _inputs.Length,
            _seed,
            watch.Elapsed,
            Process.GetCurrentProcess().PeakWorkingSet64,
            [.. _findings.Values]
        );
    }

    private byte[] Input(int number)
    {
        var random = new Random(unchecked((_seed * 1_000_003) + number));
        return _target.Mutate(_inputs[random.Next(_inputs.Length)], _inputs, random);
    }

    private void Note(byte[] input, string? problem)
    {
        if (problem is not null)
        {
            _findings.AddOrUpdate(
                problem,
                _ => new Finding(problem, input, 1),
                (_, known) =>
                    new Finding(problem, input.Length < known.Input.Length ? input : known.Input, known.Times + 1)
            );
        }
    }

    // A thread that never returns cannot be stopped, so the process ends and leaves the input behind.
    private static void Hang(byte[] input)
    {
        var file = Path.Combine(Path.GetTempPath(), "fuzzing-hang.bin");
        File.WriteAllBytes(file, input);
        Console.WriteLine($"  an execution did not end within {Hanging}: {file}");
        Environment.Exit(1);
    }
}

/// <summary>What a run did and found.</summary>
internal sealed record FuzzReport(
    string Target,
    int Executions,
    int Inputs,
    int Seed,
    TimeSpan Time,
    long PeakBytes,
    IReadOnlyList<Finding> Findings
)
{
    public override string ToString() =>
        $"{Target.PadRight(14)} {Executions.ToString("N0", null).PadLeft(9)} executions of {Inputs} inputs, "
        + $"seed {Seed}, in {Time.TotalSeconds:N0} s, {Executions / Time.TotalSeconds:N0}/s, "
        + $"peak {PeakBytes / 1048576.0:N0} MiB, {Findings.Count} findings";
}

/// <summary>What broke, the smallest input that breaks it, and how often it was found.</summary>
internal sealed record Finding(string Problem, byte[] Input, int Times);
