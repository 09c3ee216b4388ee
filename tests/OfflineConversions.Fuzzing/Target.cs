using OfflineConversions.Fuzzing.Mutation;

namespace OfflineConversions.Fuzzing;

/// <summary>
/// One parser under test: where its inputs come from, how they are changed, and what must hold whatever they are.
/// </summary>
internal abstract class Target(string name) : IDisposable
{
    /// <summary>Its name on the command line, and its folder in the corpus.</summary>
    public string Name { get; } = name;

    /// <summary>How many executions a run has when nobody says otherwise.</summary>
    public virtual int Executions => 1_000_000;

    /// <summary>How many bytes one execution may allocate.</summary>
    public abstract long MostAllocated(int inputBytes);

    /// <summary>Valid inputs besides those in the corpus.</summary>
    public virtual IEnumerable<byte[]> Seeds => [];

    /// <summary>A changed copy.</summary>
    public virtual byte[] Mutate(byte[] input, IReadOnlyList<byte[]> others, Random random) =>
        ByteMutation.Mutate(input, others, random);

    /// <summary>Runs the parser; gives what broke, or <see langword="null"/>. Whatever it throws broke too.</summary>
    public abstract string? Run(byte[] input);

    public abstract void Dispose();
}
