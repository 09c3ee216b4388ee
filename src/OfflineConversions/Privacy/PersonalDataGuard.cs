using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;

namespace OfflineConversions.Privacy;

/// <summary>
/// Keeps personal data out of everything that is not a match key: Meta forbids it there. Source: Meta, "Business Tools
/// Terms". What it leaves out, it notes as a warning.
/// </summary>
/// <param name="enabled">
/// The connection's <c>PersonalDataGuard</c>. If off, only what Meta could not read is left out.
/// </param>
internal sealed class PersonalDataGuard(bool enabled)
{
    /// <summary>Whether the guard is on and the text contains an e-mail address.</summary>
    public bool IsPersonal(ReadOnlySpan<char> text) => enabled && EmailFinder.FindsIn(text);

    /// <summary>The same. Almost no text has a character that makes it worth a closer look.</summary>
    public bool IsPersonal(BodyText text) =>
        text.Ascii is { IsEmpty: false } ascii
            ? enabled && ascii.ContainsAny((byte)'@', (byte)'%') && EmailFinder.FindsIn(text.Text)
            : IsPersonal(text.Text);

    /// <summary>The text, absent if it is personal.</summary>
    public BodyText Text(BodyText text, Warnings warnings)
    {
        if (!IsPersonal(text))
        {
            return text;
        }

        warnings.Add(Warning.PersonalDataRemoved);
        return default;
    }

    /// <summary>The text, or <see langword="null"/> if it is personal.</summary>
    public string? Text(string? text, Warnings warnings)
    {
        if (text is null || !IsPersonal(text))
        {
            return text;
        }

        warnings.Add(Warning.PersonalDataRemoved);
        return null;
    }

    /// <summary>
    /// The address of a page. If it contains an e-mail address, its query and fragment are cut off, and if that is not
    /// enough, nothing remains.
    /// </summary>
    public BodyText Url(BodyText url, Warnings warnings)
    {
        if (!IsPersonal(url))
        {
            return url;
        }

        warnings.Add(Warning.PersonalDataRemoved);
        var path = url.ToString().Split('?', '#')[0];
        return IsPersonal(path) ? null : path;
    }

    /// <summary>Whether a free property can stay as it is.</summary>
    public bool Accepts(string name, CustomValue value) =>
        !IsPersonalName(name)
        && (value.Text is { } text ? !IsPersonal(text) : JsonCleaner.IsClean(value.Json, enabled));

    /// <summary>
    /// What remains of a free property that cannot stay as it is; <see langword="null"/> if nothing does.
    /// </summary>
    public CustomValue? Clean(string name, CustomValue value, Warnings warnings)
    {
        if (IsPersonalName(name) || value.Text is not null)
        {
            warnings.Add(Warning.PersonalDataRemoved);
            return null;
        }

        warnings.Add(
            value.Json.ValueKind == JsonValueKind.Number ? Warning.InvalidNumber : Warning.PersonalDataRemoved
        );
        return JsonCleaner.Clean(value.Json, enabled) is { } cleaned ? new CustomValue(cleaned, Text: null) : null;
    }

    private bool IsPersonalName(string name) => enabled && (PersonalNames.Contain(name) || EmailFinder.FindsIn(name));
}
