using System.Buffers;
using System.Globalization;
using System.Text;

namespace OfflineConversions.Hashing;

/// <summary>Whether a text can be an e-mail address. The hash of anything else would match no one.</summary>
internal static class EmailAddress
{
    private static readonly SearchValues<char> NotInLocalPart = SearchValues.Create("<>()[],;:\\\"");
    private static readonly SearchValues<char> PlainLabel = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789-"
    );

    /// <summary>
    /// Expects folded text. An address has one <c>@</c>, a local part without stray dots, and a domain of at least two
    /// labels.
    /// </summary>
    public static bool IsPlausible(ReadOnlySpan<char> folded)
    {
        var at = folded.IndexOf('@');
        return at > 0 && IsLocalPart(folded[..at]) && IsDomain(folded[(at + 1)..]);
    }

    private static bool IsLocalPart(ReadOnlySpan<char> local)
    {
        if (local[0] == '.' || local[^1] == '.' || local.IndexOf("..") >= 0 || local.ContainsAny(NotInLocalPart))
        {
            return false;
        }

        foreach (var c in local)
        {
            // A zero-width blank that was pasted with the address is a blank too.
            if (char.IsWhiteSpace(c) || char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsDomain(ReadOnlySpan<char> domain)
    {
        var labels = 0;
        foreach (var label in domain.Split('.'))
        {
            if (!IsLabel(domain[label]))
            {
                return false;
            }

            labels++;
        }

        return labels >= 2;
    }

    private static bool IsLabel(ReadOnlySpan<char> label)
    {
        if (!label.ContainsAnyExcept(PlainLabel))
        {
            return !label.IsEmpty;
        }

        foreach (var rune in label.EnumerateRunes())
        {
            // Internationalised domains, with the vowel signs of scripts that have them.
            if (
                rune.Value != '-'
                && !Rune.IsLetterOrDigit(rune)
                && Rune.GetUnicodeCategory(rune)
                    is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark)
            )
            {
                return false;
            }
        }

        return true;
    }
}
