using OfflineConversions.Conversions;

namespace OfflineConversions.Targets.Meta;

/// <summary>
/// The names of match keys in Meta's current documentation, whatever the shape. Source: Meta, "Customer Information
/// Parameters".
/// </summary>
public static class MatchKeyNames
{
    private static readonly string[] Names =
    [
        .. ConversionsApiShape.UserData.OrderBy(row => row.Key).Select(row => row.Name),
    ];

    /// <summary>Every match key, in the order of Meta's page.</summary>
    public static IReadOnlyList<MatchKey> All { get; } = [.. ConversionsApiShape.UserData.Select(row => row.Key)];

    /// <summary>The name of a match key, for example <c>em</c>.</summary>
    public static string NameOf(MatchKey key) => Names[(int)key];
}
