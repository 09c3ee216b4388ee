using System.Globalization;
using System.Text.RegularExpressions;

namespace OfflineConversions.Sandbox.Graph;

/// <summary>The version in a Graph URL, such as <c>v27.0</c>.</summary>
internal readonly partial record struct GraphVersion(int Major, int Minor)
{
    /// <summary>
    /// The last major version that accepts offline events in the legacy shape. Source: Meta, "Offline Conversions API".
    /// </summary>
    public const int LastWithOfflineEvents = 16;

    public bool AcceptsOfflineEvents => Major <= LastWithOfflineEvents;

    public static bool TryParse(string? text, out GraphVersion version)
    {
        version = default;
        if (text is null || Form().Match(text) is not { Success: true } match)
        {
            return false;
        }

        version = new(Number(match.Groups["major"]), Number(match.Groups["minor"]));
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"v{Major}.{Minor}");

    private static int Number(Group group) =>
        int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^v(?<major>[0-9]{1,4})\.(?<minor>[0-9]{1,4})\z",
        RegexOptions.None,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Form();
}

/// <summary>Keeps Graph's route apart from the service's own <c>/v1/…</c> and <c>/v2/…</c> routes.</summary>
internal sealed class GraphVersionConstraint : IRouteConstraint
{
    public const string Name = "graphVersion";

    public bool Match(
        HttpContext? httpContext,
        IRouter? route,
        string routeKey,
        RouteValueDictionary values,
        RouteDirection routeDirection
    ) => values.TryGetValue(routeKey, out var value) && GraphVersion.TryParse(value as string, out _);
}
