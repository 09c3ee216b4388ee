namespace OfflineConversions.Sources;

/// <summary>How the files of a connection are read, as far as its settings say.</summary>
/// <param name="Encoding">
/// <c>UTF-8</c>, <c>UTF-16LE</c>, <c>UTF-16BE</c> or <c>Windows-1252</c>; <see langword="null"/> to detect it.
/// </param>
/// <param name="Separator">What separates the columns; <see langword="null"/> to detect it.</param>
/// <param name="IsColumn">
/// Whether a cell is the header of a column that means something, by which the header is told from a title above it.
/// </param>
internal readonly record struct TableFormat(string? Encoding, char? Separator, Predicate<string> IsColumn);
