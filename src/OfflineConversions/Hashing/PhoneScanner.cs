using System.Collections.Frozen;
using System.Text;

namespace OfflineConversions.Hashing;

/// <summary>
/// Splits a text at what surely separates phone numbers: a line, a semicolon, a plus sign, a word, and whatever follows
/// an extension.
/// </summary>
internal sealed class PhoneScanner
{
    // Written directly between digits. Any other word ends a number too, if it is apart.
    private static readonly FrozenSet<string> ExtensionMarks = FrozenSet.Create(
        StringComparer.Ordinal,
        "x",
        "х",
        "ｘ",
        "ext",
        "extn",
        "exten",
        "extension",
        "extensión",
        "extensao",
        "extensão",
        "xtn",
        "ｅｘｔ",
        "int",
        "interno",
        "anexo",
        "ramal",
        "poste",
        "dw",
        "durchwahl",
        "nst",
        "доб",
        "доп",
        "вн",
        "wew",
        "wewn",
        "kl",
        "klapka",
        "linka",
        "mell",
        "dahili",
        "toestel",
        "tst",
        "内線",
        "內線",
        "内线",
        "分机",
        "分機",
        "转",
        "轉"
    );

    private static readonly FrozenSet<string> Conjunctions = FrozenSet.Create(
        StringComparer.Ordinal,
        "or",
        "and",
        "oder",
        "und",
        "ou",
        "et",
        "o",
        "u",
        "y",
        "e",
        "i",
        "lub",
        "of",
        "en",
        "eller",
        "och",
        "og",
        "tai",
        "ja",
        "или",
        "и",
        "veya",
        "ve",
        "hoặc",
        "και",
        "ή",
        "或",
        "和"
    );

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
