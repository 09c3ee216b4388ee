using OfflineConversions.Conversions;

namespace OfflineConversions.Origins;

/// <summary>Which parts of a body decide the fields and warnings of one event.</summary>
internal sealed class OriginTally(MappedSnapshot before)
{
    /// <summary>More parts than this are no origin that a person could look at.</summary>
    private const int MostParts = 5;

    private readonly Dictionary<string, List<string>[]> _fields = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _warnings = new(StringComparer.Ordinal);
    private readonly HashSet<string> _conditions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ofReceipt = new(StringComparer.Ordinal);

    /// <summary>The event as the body has it.</summary>
    public MappedSnapshot Before { get; } = before;

    /// <summary>The warnings without a cause so far.</summary>
    public IEnumerable<string> OpenWarnings => Before.Warnings.Where(code => !_warnings.ContainsKey(code));

    /// <summary>Notes what another value of a part changed.</summary>
    public void Exchanged(BodyPart part, MappedSnapshot after) => Compare(part, after, Strength.Changed, Strength.Lost);

    /// <summary>Notes what the absence of a part changed.</summary>
    public void Removed(BodyPart part, MappedSnapshot after)
    {
        Compare(part, after, Strength.Removed, Strength.Removed);
        if ((after.Outcome, after.Reason) == (Before.Outcome, Before.Reason))
        {
            foreach (var code in Before.Warnings.Except(after.Warnings, StringComparer.Ordinal))
            {
                Caused(code, part);
            }
        }
        else
        {
            _conditions.Add(part.Path);
        }
    }

    /// <summary>Notes that a part causes a warning.</summary>
    public void Caused(string code, BodyPart part) => ListOf(code).Add(part.Path);

    /// <summary>Notes what a later receipt changed.</summary>
    public void ReceivedLater(MappedSnapshot after) =>
        _ofReceipt.UnionWith(
            Before
                .Fields.Where(field => after.Fields.TryGetValue(field.Key, out var value) && value != field.Value)
                .Select(field => field.Key)
        );

    /// <summary>Whether any field comes from the part, or without it there is no such event.</summary>
    public bool Uses(BodyPart part) =>
        _conditions.Contains(part.Path) || Before.Fields.Keys.Any(path => PartsOf(path).Contains(part.Path));

    /// <summary>The result.</summary>
    public EventOrigins Close() =>
        new(
            [.. Before.Fields.Select(field => new FieldOrigin(field.Key, field.Value, OriginOf(field.Key)))],
            _warnings.ToDictionary(entry => entry.Key, entry => Text(entry.Value), StringComparer.Ordinal)
        );

    private void Compare(BodyPart part, MappedSnapshot after, Strength changed, Strength lost)
    {
        foreach (var (path, value) in Before.Fields)
        {
            if (after.Outcome != Outcome.Accepted)
            {
                if (RefusedFields.IsAbout(after.Reason, path))
                {
                    Add(path, part, lost);
                }
            }
            else if (!after.Fields.TryGetValue(path, out var now))
            {
                Add(path, part, lost);
            }
            else if (now != value)
            {
                Add(path, part, changed);
            }
        }
    }

    private void Add(string path, BodyPart part, Strength strength)
    {
        if (!_fields.TryGetValue(path, out var parts))
        {
            _fields[path] = parts = [
                [],
                [],
                [],
            ];
        }

        parts[(int)strength].Add(part.Path);
    }

    private List<string> ListOf(string code) =>
        _warnings.TryGetValue(code, out var parts) ? parts : _warnings[code] = [];

    // A part that changes a field decides it. One that only makes it disappear may be a condition, such as consent.
    private List<string> PartsOf(string path) =>
        _fields.TryGetValue(path, out var parts) ? parts.First(list => list.Count > 0) : [];

    private string? OriginOf(string path) =>
        PartsOf(path) is { Count: > 0 } parts ? Text(parts)
        : _ofReceipt.Contains(path) ? "(time of receipt)"
        : null;

    private static string Text(List<string> parts) =>
        parts.Count > MostParts ? "(the content of the event)" : string.Join(", ", parts);

    private enum Strength
    {
        /// <summary>Another value of the part changes the field.</summary>
        Changed,

        /// <summary>With another value of the part there is no such field.</summary>
        Lost,

        /// <summary>Only without the part, the field is another one or gone.</summary>
        Removed,
    }
}
