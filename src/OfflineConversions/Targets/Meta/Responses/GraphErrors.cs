using System.Globalization;

namespace OfflineConversions.Targets.Meta.Responses;

/// <summary>Meta's errors in words that logs and responses may contain: code, subcode and a title of ours.</summary>
internal static class GraphErrors
{
    /// <summary>The error of a response in words; null if it has none.</summary>
    public static string? Describe(GraphResponse response) =>
        response.Error is { Code: var code, Subcode: var subcode }
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Meta's code {code}{(subcode is { } sub ? $", subcode {sub}" : "")}"
            ) + (MetaErrorTitles.Find(code, subcode) is { } title ? $": {title}" : "")
            : null;
}
