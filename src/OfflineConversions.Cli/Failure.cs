namespace OfflineConversions.Cli;

/// <summary>Why a command did not end well.</summary>
/// <param name="Code">What the process ends with.</param>
/// <param name="Message">What happened.</param>
/// <param name="Advice">What to do about it; null if the message says it.</param>
internal sealed record Failure(ExitCode Code, string Message, string? Advice = null);

/// <summary>A value, or why there is none.</summary>
/// <param name="Value">The value; only without a failure.</param>
/// <param name="Failure">Why there is none.</param>
internal readonly record struct Result<T>(T Value, Failure? Failure)
{
    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Failure failure) => new(default!, failure);
}
