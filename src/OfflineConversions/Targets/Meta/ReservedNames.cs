using OfflineConversions.Conversions;

namespace OfflineConversions.Targets.Meta;

/// <summary>Free properties of <c>custom_data</c> that would collide with Meta's own.</summary>
internal static class ReservedNames
{
    /// <summary>Removes the free properties that the shape reserves.</summary>
    public static void Clear(ConversionEvent conversion, IMetaShape shape)
    {
        HashSet<string>? reserved = null;
        foreach (var (name, _) in conversion.CustomData.Entries)
        {
            if (shape.IsReserved(name, conversion))
            {
                (reserved ??= new(StringComparer.Ordinal)).Add(name);
            }
        }

        if (reserved is not null)
        {
            conversion.CustomData.RemoveAll(reserved);
        }
    }
}
