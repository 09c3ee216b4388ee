using System.Text.RegularExpressions;

namespace OfflineConversions.Targets.Meta.Responses;

/// <summary>The version in the headers of a response. Sources: Meta, "Versions" and its changelog.</summary>
/// <param name="Served"><c>facebook-api-version</c>: the version that Meta has used.</param>
/// <param name="HasWarning">Whether <c>x-ad-api-version-warning</c> is present; its text is not kept.</param>
internal readonly partial record struct VersionHeaders(string? Served, bool HasWarning)
{
    public static VersionHeaders Read(ResponseHeaders headers) =>
        new(
            headers.Find("facebook-api-version") is { } served && Version().IsMatch(served) ? served : null,
            headers.Find("x-ad-api-version-warning") is not null
        );

    [GeneratedRegex(@"\Av[0-9]{1,4}\.[0-9]{1,4}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Version();
}
