using System.Collections.Frozen;
using System.Text;
using OfflineConversions.Tables;

namespace OfflineConversions.Hashing;

/// <summary>
/// Splits a text where one phone number certainly ends: at a line break, a semicolon, a plus sign, a word, or an
/// extension.
/// </summary>
internal sealed class PhoneScanner
{
    private static readonly ILookup<string, string> Words = EmbeddedTable
        .Rows("phone-words.txt")
        .Select(row => row.Split(' '))
        .SelectMany(row => row[1..].Select(word => (Kind: row[0], Word: word)))
        .ToLookup(entry => entry.Kind, entry => entry.Word, StringComparer.Ordinal);

    // They may be written directly between digits. Any other word ends a number only if it is apart.
    private static readonly FrozenSet<string> ExtensionMarks = Words["extension"].ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Conjunctions = Words["or"].ToFrozenSet(StringComparer.Ordinal);

    private readonly string _text;
    private readonly List<WrittenPart> _parts = [];
    private WrittenPart _part = new();
    private bool _inExtension;

    private PhoneScanner(string text) => _text = text;

    /// <summary>The parts of the text that have digits, in order.</summary>
    public static List<WrittenPart> Parts(string text)
    {
        var scanner = new PhoneScanner(text);
        scanner.Scan();
        return scanner._parts;
    }

    private void Scan()
    {
        var at = 0;
        while (at < _text.Length)
        {
            at += Step(at);
        }

        End();
    }

    /// <summary>Reads what is at the position; returns its length.</summary>
    private int Step(int at)
    {
        var c = _text[at];
        if (PhoneText.TrunkZero(_text.AsSpan(at)) is var trunkZero and > 0)
        {
            return trunkZero;
        }

        if (char.IsDigit(c))
        {
            if (!_inExtension)
            {
                _part.Add(PhoneText.DigitOf(c));
            }

            return 1;
        }

        if (char.IsLetter(c))
        {
            return Word(at);
        }

        Punctuation(c, at);
        return 1;
    }

    private void Punctuation(char c, int at)
    {
        // A plus sign between two digits is a blank of a form: 49+30+1234567.
        if (PhoneText.IsPlus(c) && (at == 0 || !char.IsDigit(_text[at - 1])))
        {
            End();
            _part.HasPlus = true;
        }
        else if (c is ';' or '\n' or '\r' or '\u2028' or '\u2029')
        {
            End();
        }
        else if (c is '#' or '~' or '＃' or '～' && _part.IsComplete)
        {
            _inExtension = true;
        }
        else if (c is '/' or ',' or '|' or '\\' or '&' or '–' or '—' or ' ')
        {
            _part.Mark(c);
        }
        else if (c is '-' && IsApart(at, 1))
        {
            _part.Mark('–');
        }
    }

    private int Word(int at)
    {
        var end = at;
        while (end < _text.Length && char.IsLetter(_text[end]))
        {
            end++;
        }

        var word = _text[at..end].Normalize(NormalizationForm.FormC).ToLowerInvariant();
        if (ExtensionMarks.Contains(word) || (word is "p" or "w" && _part.IsComplete))
        {
            _inExtension = _part.HasDigits;
        }
        else if (IsApart(at, end - at) && (_part.IsComplete || Conjunctions.Contains(word)))
        {
            End();
        }

        return end - at;
    }

    // Letters directly between digits stand for digits, or the text is no phone number.
    private bool IsApart(int at, int length) =>
        at > 0 && !char.IsLetterOrDigit(_text[at - 1])
        || (at + length < _text.Length && !char.IsLetterOrDigit(_text[at + length]));

    private void End()
    {
        _inExtension = false;
        if (_part.HasDigits)
        {
            _parts.Add(_part);
        }

        _part = new WrittenPart();
    }
}
