using Microsoft.AspNetCore.Http.HttpResults;

namespace OfflineConversions.Sandbox;

internal static class SandboxProblem
{
    /// <summary>A ProblemDetails response with status 400 that names the bad parameter or member.</summary>
    public static ValidationProblem For(string member, string problem) =>
        TypedResults.ValidationProblem(
            new Dictionary<string, string[]>(StringComparer.Ordinal) { [member] = [$"{member} {problem}"] }
        );
}
