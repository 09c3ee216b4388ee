namespace OfflineConversions.Cli;

/// <summary>The world around the program: streams, environment variables, time and randomness.</summary>
internal sealed record Terminal
{
    /// <summary>Results.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Everything that is no result: progress, notes and failures.</summary>
    public required TextWriter Errors { get; init; }

    /// <summary>Opens standard input.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Whether a person reads the results.</summary>
    public bool IsOutputTerminal { get; init; }

    /// <summary>Whether a person reads the progress.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>Whether a person can answer a question.</summary>
    public bool IsInputTerminal { get; init; }

    /// <summary>The value of an environment variable; null if it is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Spreads the waits of several programs.</summary>
    public Random Random { get; init; } = new();

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess() =>
        new()
        {
            Output = Console.Out,
            Errors = Console.Error,
            OpenInput = Console.OpenStandardInput,
            IsOutputTerminal = !Console.IsOutputRedirected,
            IsErrorTerminal = !Console.IsErrorRedirected,
            IsInputTerminal = !Console.IsInputRedirected,
            Variable = Environment.GetEnvironmentVariable,
        };
}
