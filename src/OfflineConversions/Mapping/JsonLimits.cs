namespace OfflineConversions.Mapping;

/// <summary>How much JSON is read.</summary>
public static class JsonLimits
{
    /// <summary>The deepest nesting of a body. RudderStack documents 200; the others allow less.</summary>
    public const int MaxDepth = 200;
}
