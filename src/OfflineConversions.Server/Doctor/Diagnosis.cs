namespace OfflineConversions.Server.Doctor;

/// <summary>What was found about one aspect of a connection.</summary>
/// <param name="Aspect">Token, permission, dataset, version or test event code, in words.</param>
/// <param name="Verdict">How it is.</param>
/// <param name="Text">The finding in words, with the remedy.</param>
internal sealed record Diagnosis(string Aspect, Verdict Verdict, string Text);

/// <summary>How an aspect of a connection is.</summary>
internal enum Verdict
{
    /// <summary>It works.</summary>
    Ok,

    /// <summary>It works, and something should be changed.</summary>
    Warning,

    /// <summary>It could not be tested, for example because Meta could not be reached.</summary>
    Unknown,

    /// <summary>It does not work.</summary>
    Problem,
}
