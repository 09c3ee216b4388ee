namespace OfflineConversions.Server.Admin;

/// <summary>The response to a request with one problem.</summary>
internal static class InvalidRequest
{
    /// <summary>400 with the part of the request that is wrong and what it must be.</summary>
    public static IResult Because(string key, string message) =>
        Results.ValidationProblem(new Dictionary<string, string[]>(StringComparer.Ordinal) { [key] = [message] });
}
