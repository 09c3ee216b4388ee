using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace OfflineConversions.Server.Targets.Meta;

/// <summary>The version in the headers of a response. Sources: Meta, "Versions" and its changelog.</summary>
/// <param name="Served"><c>facebook-api-version</c>: the version that Meta has used.</param>
/// <param name="HasWarning">Whether <c>x-ad-api-version-warning</c> is present; its text is not kept.</param>
internal readonly partial record struct VersionHeaders(string? Served, bool HasWarning)
{
    public static VersionHeaders Read(HttpResponseHeaders headers) =>
        new(
            headers.TryGetValues("facebook-api-version", out var values)
            && values.FirstOrDefault() is { } served
            && Version().IsMatch(served)
                ? served
                : null,
            headers.Contains("x-ad-api-version-warning")
        );

    [GeneratedRegex(@"\Av[0-9]{1,4}\.[0-9]{1,4}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Version();
}
