using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;

namespace OfflineConversions.Sources.FlatFile;

/// <summary>
/// What the reader of times does not know: <c>14h05</c>, <c>14:05 Uhr</c>, <c>14.05</c> in a column of times of day, a
/// spreadsheet's fraction of a day, and names of months and weekdays in German, French, Spanish, Italian and Dutch.
/// </summary>
internal static partial class WrittenTime
{
    private const int Longest = 60;
    private const int RegexTimeout = 1000;

    private static readonly string[] Months =
    [
        "january januar janvier enero gennaio januari janv ene gen janner jaenner",
        "february februar fevrier febrero febbraio februari fevr",
        "march marz maerz mars marzo maart mrz mrt",
        "april avril abril aprile avr abr",
        "may mai mayo maggio mei mag",
        "june juni juin junio giugno giu",
        "july juli juillet julio luglio juil lug",
        "august aout agosto augustus ago",
        "september septembre septiembre settembre set",
        "october oktober octobre octubre ottobre okt ott",
        "november novembre noviembre",
        "december dezember decembre diciembre dicembre dez dic",
    ];

    private const string LeftOut =
        "uhr um den der vom le de del a alle om montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag "
        + "mo di mi do fr sa so lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miercoles jueves "
        + "viernes sabado domingo lunedi martedi mercoledi giovedi venerdi domenica maandag dinsdag woensdag "
        + "donderdag vrijdag zaterdag zondag";

    private static readonly FrozenDictionary<string, string> Words = LeftOut
        .Split(' ')
        .Select(word => KeyValuePair.Create(word, ""))
        .Concat(
            Months
                .Select(names => names.Split(' '))
                .SelectMany(names => names.Select(name => KeyValuePair.Create(name, names[0])))
        )
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The time with a colon and English names, which other words and forms leave as it is.</summary>
    public static string InEnglish(string text)
    {
        if (text.Length > Longest || !HasWord(text))
        {
            return text;
        }

        var clock = Hours()
            .Replace(text, hours => $"{hours.Groups["hour"].Value}:{hours.Groups["minute"].Value.PadLeft(2, '0')}");
        return Word()
            .Replace(clock, word => Words.GetValueOrDefault(ColumnHeader.Reduce(word.Value), word.Value))
            .Trim(' ', ',', '.');
    }

    /// <summary>
    /// A time of day with colons, of <c>14.05</c> or of <c>0,5868</c> as spreadsheets keep it; else as it is.
    /// </summary>
    public static string ClockOf(string text)
    {
        if (
            text is ['0', '.' or ',', _, _, _, ..]
            && double.TryParse(
                text.Replace(',', '.'),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var day
            )
        )
        {
            return TimeSpan.FromSeconds(Math.Round(day * 86_400)).ToString("c", CultureInfo.InvariantCulture);
        }

        var english = InEnglish(text);
        return Dotted().IsMatch(english) ? english.Replace('.', ':') : english;
    }

    // The T and Z of ISO 8601 stand alone.
    private static bool HasWord(string text)
    {
        foreach (var letter in text)
        {
            if (char.IsLetter(letter) && letter is not ('T' or 'Z'))
            {
                return true;
            }
        }

        return false;
    }

    [GeneratedRegex(
        @"(?<![\w:])(?<hour>[0-9]{1,2}) ?[hH](?: ?(?<minute>[0-9]{2}))?(?!\w)",
        RegexOptions.ExplicitCapture,
        RegexTimeout
    )]
    private static partial Regex Hours();

    [GeneratedRegex(@"(?:\p{L}{2,}|(?<= )[aà](?= ))\.?,?", RegexOptions.ExplicitCapture, RegexTimeout)]
    private static partial Regex Word();

    [GeneratedRegex(@"\A[0-9]{1,2}\.[0-9]{2}(\.[0-9]{2})?\z", RegexOptions.ExplicitCapture, RegexTimeout)]
    private static partial Regex Dotted();
}
