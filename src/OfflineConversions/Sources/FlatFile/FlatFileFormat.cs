namespace OfflineConversions.Sources.FlatFile;

/// <summary>The values of the settings that describe a file.</summary>
internal static class FlatFileFormat
{
    /// <summary>The value that leaves a setting to detection.</summary>
    public const string Auto = "Auto";

    /// <summary>What is allowed for the encoding.</summary>
    public const string Encodings = "Auto, UTF-8, UTF-16, UTF-16LE, UTF-16BE, Windows-1252";

    /// <summary>What is allowed for the separator of columns.</summary>
    public const string Separators = "Auto, \",\", \";\", \"|\", Tab";

    /// <summary>What is allowed for the decimal separator.</summary>
    public const string DecimalSeparators = "Auto, \".\", \",\"";

    /// <summary>
    /// The encoding of a setting, in its usual spelling; <see langword="null"/> if there is none such.
    /// </summary>
    public static string? EncodingOf(string? setting) =>
        setting?.Trim().ToUpperInvariant().Replace("-", "", StringComparison.Ordinal) switch
        {
            "AUTO" => Auto,
            "UTF8" => "UTF-8",
            "UTF16" or "UTF16LE" or "UNICODE" => "UTF-16LE",
            "UTF16BE" => "UTF-16BE",
            "WINDOWS1252" or "CP1252" or "1252" or "ISO88591" or "LATIN1" or "ANSI" => "Windows-1252",
            _ => null,
        };

    /// <summary>The separator of a setting; zero for <c>Auto</c>, <see langword="null"/> if it is none.</summary>
    public static char? SeparatorOf(string? setting) =>
        setting switch
        {
            "," or ";" or "|" or "\t" => setting[0],
            _ => setting?.Trim().ToUpperInvariant() switch
            {
                "AUTO" => default(char),
                "TAB" or "\\T" => '\t',
                "COMMA" => ',',
                "SEMICOLON" => ';',
                "PIPE" => '|',
                _ => null,
            },
        };

    /// <summary>
    /// The decimal separator of a setting; zero for <c>Auto</c>, <see langword="null"/> if it is none.
    /// </summary>
    public static char? DecimalSeparatorOf(string? setting) =>
        setting?.Trim().ToUpperInvariant() switch
        {
            "AUTO" => default(char),
            "." or "DOT" or "POINT" => '.',
            "," or "COMMA" => ',',
            _ => null,
        };
}
