using System.Text.Json;

namespace OfflineConversions.Json;

/// <summary>How much JSON is read.</summary>
internal static class JsonLimits
{
    /// <summary>The deepest nesting of a body. RudderStack documents 200; the others allow less.</summary>
    public const int MaxDepth = 200;

    /// <summary>Strict JSON as deep as that, for a document.</summary>
    public static readonly JsonDocumentOptions Document = new() { MaxDepth = MaxDepth };

    /// <summary>The same for a reader.</summary>
    public static readonly JsonReaderOptions Reader = new() { MaxDepth = MaxDepth };
}
