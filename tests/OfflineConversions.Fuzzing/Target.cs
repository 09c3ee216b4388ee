using OfflineConversions.Fuzzing.Mutation;

namespace OfflineConversions.Fuzzing;

/// <summary>
/// One parser under test: where its inputs come from, how they are mutated, and what must be true for every input.
/// </summary>
internal abstract class Target(string name) : IDisposable
{
    /// <summary>Its name on the command line, and its folder in the corpus.</summary>
    public string Name { get; } = name;

    /// <summary>The number of executions of a run that is given none.</summary>
    public virtual int Executions => 1_000_000;

    /// <summary>The most bytes that one execution may allocate.</summary>
    public abstract long MostAllocated(int inputBytes);

    /// <summary>Valid inputs besides those in the corpus.</summary>
    public virtual IEnumerable<byte[]> Seeds => [];

    /// <summary>Returns a mutated copy.</summary>
    public virtual byte[] Mutate(byte[] input, IReadOnlyList<byte[]> others, Random random) =>
        ByteMutation.Mutate(input, others, random);

    /// <summary>
    /// Runs the parser and returns what is wrong, or <see langword="null"/>. An exception is a finding too.
    /// </summary>
    public abstract string? Run(byte[] input);

    public abstract void Dispose();
}
