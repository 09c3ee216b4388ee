namespace OfflineConversions.Server.Configuration;

/// <summary>One problem of the configuration. Never contains the value of a secret.</summary>
/// <param name="Key">The key as an operator writes it: <c>Connections:stores:BatchSize</c>.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
internal readonly record struct ConfigurationProblem(string Key, string Message)
{
    public override string ToString() => $"{Key}: {Message}";
}

/// <summary>Collects problems, so that all of them are reported together.</summary>
internal sealed class ConfigurationProblems
{
    private readonly List<ConfigurationProblem> _all = [];

    /// <summary>Every problem so far, in the order in which they were found.</summary>
    public IReadOnlyList<ConfigurationProblem> All => _all;

    /// <summary>Adds a problem.</summary>
    public void Add(string key, string message) => _all.Add(new ConfigurationProblem(key, message));

    /// <summary>Whether the key already has a problem. A second one would only be noise.</summary>
    public bool Has(string key) =>
        _all.Exists(problem => string.Equals(problem.Key, key, StringComparison.OrdinalIgnoreCase));
}

/// <summary>
/// A setting is valid, but this machine cannot do what it asks for. The message says what to change.
/// </summary>
internal sealed class SettingUnusableException(string message, Exception? innerException = null)
    : InvalidOperationException(message, innerException);
