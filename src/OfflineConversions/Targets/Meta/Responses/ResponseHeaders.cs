namespace OfflineConversions.Targets.Meta.Responses;

/// <summary>The headers of a response, as an HTTP client gives them.</summary>
/// <param name="all">Each name with its values.</param>
internal readonly struct ResponseHeaders(IEnumerable<KeyValuePair<string, IEnumerable<string>>> all)
{
    private readonly IEnumerable<KeyValuePair<string, IEnumerable<string>>> _all = all;

    /// <summary>The values of a header, joined by commas; <see langword="null"/> if it is absent.</summary>
    public string? Find(string name)
    {
        foreach (var (found, values) in _all)
        {
            if (found.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return string.Join(',', values);
            }
        }

        return null;
    }
}
