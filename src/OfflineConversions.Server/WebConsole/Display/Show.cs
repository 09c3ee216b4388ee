using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Html;
using OfflineConversions.Server.Reasons;

namespace OfflineConversions.Server.WebConsole.Display;

/// <summary>How pages show times, numbers and JSON.</summary>
internal static class Show
{
    private const double Width = 120;
    private const double Height = 28;
    private const double Edge = 2;

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        MaxDepth = 256,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // the page escapes what HTML needs
    };

    /// <summary>A time: in UTC without the script, and in the reader's time zone with it.</summary>
    public static IHtmlContent When(DateTimeOffset? at)
    {
        if (at is not { } time)
        {
            return new HtmlString("–");
        }

        var utc = time.UtcDateTime;
        var machine = utc.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var person = utc.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        return new HtmlString($"<time datetime=\"{machine}\" title=\"{person}\">{person}</time>");
    }

    /// <summary>A day, in UTC for everyone.</summary>
    public static IHtmlContent Day(DateTimeOffset at)
    {
        var day = at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new HtmlString($"<time datetime=\"{day}\">{day}</time>");
    }

    /// <summary>A whole number with separators that no language mistakes for a point.</summary>
    public static string Number(long number) =>
        number.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u202f');

    /// <summary>A number with one digit after the point.</summary>
    public static string Decimal(double number) => number.ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>A share as percent.</summary>
    public static string Percent(double share) => share.ToString("0.#\u202f%", CultureInfo.InvariantCulture);

    /// <summary>A size of memory or disk.</summary>
    public static string Size(long bytes) =>
        bytes switch
        {
            < 1024 => $"{bytes} B",
            < 1024 * 1024 => $"{(bytes / 1024.0).ToString("0.#", CultureInfo.InvariantCulture)} KiB",
            < 1024L * 1024 * 1024 => $"{(bytes / 1048576.0).ToString("0.#", CultureInfo.InvariantCulture)} MiB",
            _ => $"{(bytes / 1073741824.0).ToString("0.#", CultureInfo.InvariantCulture)} GiB",
        };

    /// <summary>A time span in words.</summary>
    public static string Span(double? seconds) =>
        seconds switch
        {
            null => "–",
            < 1 => "less than a second",
            < 90 => $"{Rounded(seconds.Value)} s",
            < 90 * 60 => $"{Rounded(seconds.Value / 60)} min",
            < 48 * 3600 => $"{Rounded(seconds.Value / 3600)} h",
            _ => $"{Rounded(seconds.Value / 86400)} days",
        };

    /// <summary>JSON with line breaks.</summary>
    public static string Json(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Serialize(
                JsonElement.Parse(json, new JsonDocumentOptions { MaxDepth = 256 }),
                Indented
            );
        }
        catch (JsonException)
        {
            return Encoding.UTF8.GetString(json);
        }
    }

    /// <summary>A text of the catalogue, in which backticks mark settings and fields.</summary>
    public static IHtmlContent Text(string? text)
    {
        var html = new HtmlContentBuilder();
        foreach (var (place, part) in (text ?? string.Empty).Split('`').Index())
        {
            _ = place % 2 == 0 ? html.Append(part) : html.AppendHtml("<code>").Append(part).AppendHtml("</code>");
        }

        return html;
    }

    /// <summary>A code or path in a narrow column: a line of it may end after a point or low line.</summary>
    public static IHtmlContent Code(string text)
    {
        var html = new HtmlContentBuilder().AppendHtml("<code>");
        var begin = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] is '.' or '_' && at + 1 < text.Length)
            {
                _ = html.Append(text[begin..(at + 1)]).AppendHtml("<wbr>");
                begin = at + 1;
            }
        }

        return html.Append(text[begin..]).AppendHtml("</code>");
    }

    /// <summary>The class of an outcome's tag.</summary>
    public static string OutcomeClass(string outcome) =>
        outcome switch
        {
            "accepted" => "good",
            "rejected" => "bad",
            _ => "",
        };

    /// <summary>What a code means; the code itself where the catalogue does not have it.</summary>
    public static string Meaning(string code, params ReasonKind[] kinds) =>
        kinds.Select(kind => ReasonCatalogue.Find(code, kind)?.Meaning).FirstOrDefault(text => text is not null)
        ?? ReasonCatalogue.OfDelivery(code)?.Meaning
        ?? ReasonCatalogue.OfOutcome(code)?.Meaning
        ?? code;

    /// <summary>A few numbers as a line. Decoration: the connection's page has the same numbers in a table.</summary>
    public static IHtmlContent Sparkline(IReadOnlyList<long> values)
    {
        if (values.Count < 2 || values.Max() == 0)
        {
            return HtmlString.Empty;
        }

        var most = Math.Max(1, values.Max());
        var step = Width / (values.Count - 1);
        var points = string.Join(
            ' ',
            values.Select((value, place) => Point(place * step, Height - Edge - ((Height - (2 * Edge)) * value / most)))
        );
        return new HtmlString(
            $"<svg class=\"spark\" viewBox=\"0 0 {Width} {Height}\" preserveAspectRatio=\"none\" aria-hidden=\"true\" "
                + $"focusable=\"false\"><polyline points=\"{points}\"/></svg>"
        );
    }

    private static string Point(double x, double y) => string.Create(CultureInfo.InvariantCulture, $"{x:0.#},{y:0.#}");

    private static string Rounded(double number) => Math.Round(number).ToString(CultureInfo.InvariantCulture);
}
