namespace OfflineConversions.Server.Configuration;

/// <summary>One thing wrong with the configuration. Never holds the value of a secret.</summary>
/// <param name="Key">The key, as an operator would write it: <c>Connections:stores:BatchSize</c>.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
internal readonly record struct ConfigurationProblem(string Key, string Message)
{
    public override string ToString() => $"{Key}: {Message}";
}

/// <summary>Gathers problems, so that all of them are reported at once.</summary>
internal sealed class ConfigurationProblems
{
    private readonly List<ConfigurationProblem> _all = [];

    /// <summary>Every problem so far, in the order they were found.</summary>
    public IReadOnlyList<ConfigurationProblem> All => _all;

    /// <summary>Notes one.</summary>
    public void Add(string key, string message) => _all.Add(new ConfigurationProblem(key, message));

    /// <summary>Whether the key already has a problem; a second one would only be noise.</summary>
    public bool Has(string key) =>
        _all.Exists(problem => string.Equals(problem.Key, key, StringComparison.OrdinalIgnoreCase));
}
