using System.Text;

namespace OfflineConversions.Hashing;

/// <summary>
/// A part of a text that holds one phone number, or several that only blanks, commas or slashes separate, which also
/// group the digits of one number.
/// </summary>
internal sealed class WrittenPart
{
    private const int MinDigits = 7;
    private const int MaxDigits = 15;

    // With a country code, fewer digits than this are a country and an area.
    private const int MinInternationalDigits = 9;

    private readonly StringBuilder _digits = new();
    private readonly List<(int Position, char Mark)> _marks = [];

    public bool HasPlus { get; set; }

    public bool HasDigits => _digits.Length > 0;

    /// <summary>Whether there are enough digits for a number.</summary>
    public bool IsComplete => _digits.Length >= MinDigits;

    public void Add(char digit) => _digits.Append(digit);

    /// <summary>Notes what separates the digits so far from the next one.</summary>
    public void Mark(char mark)
    {
        if (HasDigits)
        {
            _marks.Add((_digits.Length, mark));
        }
    }

    /// <summary>The parts as one number.</summary>
    public static WrittenNumber Join(IReadOnlyList<WrittenPart> parts) =>
        new(string.Concat(parts.Select(part => part._digits)), parts.Count > 0 && parts[0].HasPlus);

    /// <summary>The candidates for the first number, in order of preference.</summary>
    public IEnumerable<WrittenNumber> Numbers()
    {
        var digits = _digits.ToString();
        var ends = Cuts(digits).Append(digits.Length);
        return (digits.Length > MaxDigits ? ends.Concat(CutsAtBlanks(digits)) : ends).Select(end => new WrittenNumber(
            digits[..end],
            HasPlus
        ));
    }

    // Where a second number, an alternative ending or an extension follows.
    private IEnumerable<int> Cuts(string digits)
    {
        var least = HasPlus || digits.StartsWith("00", StringComparison.Ordinal) ? MinInternationalDigits : MinDigits;
        foreach (var (before, mark) in _marks)
        {
            var after = digits.Length - before;
            if (
                mark != ' '
                && before >= least
                && after > 0
                && !IsGroupedByThousands(digits.Length)
                && (after >= MinDigits || IsShortEnding(mark, before, after))
            )
            {
                yield return before;
            }
        }
    }

    private static bool IsShortEnding(char mark, int before, int after) =>
        mark switch
        {
            ',' => before > 9,
            '/' => before > 8 && after <= 3,
            _ => false,
        };

    // 16,505,551,212
    private bool IsGroupedByThousands(int length) =>
        _marks.TrueForAll(mark => mark.Mark == ',' && (length - mark.Position) % 3 == 0) && _marks[0].Position <= 3;

    // 030 1234567 0171 7654321: the second number begins with a zero like the first, or is grouped like the first, or
    // there is only one place.
    private IEnumerable<int> CutsAtBlanks(string digits)
    {
        var places = _marks
            .Where(mark => mark.Position >= MinDigits && digits.Length - mark.Position >= MinDigits)
            .Select(mark => mark.Position)
            .Distinct()
            .ToArray();
        var likely = places.Where(place =>
            (digits[0] == '0' && digits[place] == '0')
            || (place * 2 == digits.Length && Groups(0, place).SequenceEqual(Groups(place, digits.Length)))
        );
        return places.Length == 1 ? places : likely;
    }

    private IEnumerable<int> Groups(int from, int to) =>
        _marks
            .Select(mark => mark.Position)
            .Where(place => place > from && place < to)
            .Distinct()
            .Select(place => place - from);
}
