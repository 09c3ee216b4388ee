namespace OfflineConversions.Conversions;

/// <summary>The warning codes of one event, each once, in order of appearance.</summary>
public sealed class Warnings
{
    private List<string>? _codes;

    /// <summary>The codes so far.</summary>
    public IReadOnlyList<string> Codes => _codes is null ? [] : _codes;

    /// <summary>Notes a code of <see cref="Warning"/>.</summary>
    public void Add(string code)
    {
        _codes ??= [];
        if (!_codes.Contains(code))
        {
            _codes.Add(code);
        }
    }
}
