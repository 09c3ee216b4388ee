using System.Globalization;
using System.Text.Json;

namespace OfflineConversions.Targets.Meta.Responses;

/// <summary>
/// Reads a response leniently: HTML, an empty or truncated body and unknown JSON are responses without an error code.
/// </summary>
internal static class GraphResponseReader
{
    private const int LongestTraceId = 40;
    private const NumberStyles Whole = NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;
    private const DateTimeStyles Written = DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.AssumeUniversal;

    // No event stays deliverable for longer, and a much longer wait added to the current time would overflow.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(365);

    public static GraphResponse Read(int status, ResponseHeaders headers, ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        var limits = UsageHeaders.Read(headers);
        var versions = VersionHeaders.Read(headers);
        var response = new GraphResponse
        {
            Status = status,
            Usage = limits.Usage,
            Wait = Bounded(Longest(limits.Wait, RetryAfter(headers.Find("Retry-After"), now))),
            ServedVersion = versions.Served,
            HasVersionWarning = versions.HasWarning,
        };
        var read = ReadBody(response, body);
        return read is { IsFromMeta: false, Error: null }
            ? read with
            {
                Obstacle = IsHtml(body.Span) ? Obstacle.Html : Obstacle.NotGraph,
            }
            : read;
    }

    private static GraphResponse ReadBody(GraphResponse response, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object ? ReadBody(response, json.RootElement) : response;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // JsonDocument throws InvalidOperationException for a string that is not valid UTF-8.
            return response;
        }
    }

    private static bool IsHtml(ReadOnlySpan<byte> body) => body.TrimStart(" \t\r\n\uFEFF"u8).StartsWith("<"u8);

    private static GraphResponse ReadBody(GraphResponse response, JsonElement root)
    {
        var error = Member(root, "error") switch
        {
            { ValueKind: JsonValueKind.Object } inner => inner,
            // The older form, which Meta's offline uploader also parses: {"error_code":…,"error_subcode":…}.
            _ when Member(root, "error_code") is not null => root,
            _ => (JsonElement?)null,
        };
        return response with
        {
            Received = Number(root, "events_received") ?? Number(root, "num_processed_entries"),
            TraceId = TraceId(error ?? root) ?? TraceId(root),
            Error = error is { } found ? ReadError(found) : null,
        };
    }

    private static GraphError ReadError(JsonElement error)
    {
        var code = Number(error, "code") ?? Number(error, "error_code") ?? 0;
        var subcode = Number(error, "error_subcode");
        var message = Text(error, "message") ?? Text(error, "error_msg");
        var data = ErrorData.Read(Member(error, "error_data"));
        var path = ParameterPath.Find(message) ?? data.Path;
        return new GraphError(
            code,
            subcode,
            IsTransient: Member(error, "is_transient") is { ValueKind: JsonValueKind.True },
            EventIndex: data.EventIndex ?? path?.EventIndex,
            Field: path?.Field ?? MetaErrorFields.FindLegacy(data.Code) ?? MetaErrorFields.Find(subcode)
        )
        {
            Meaning = ErrorMeanings.Of(code, subcode, message),
        };
    }

    private static string? Text(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    internal static JsonElement? Member(JsonElement json, string name) =>
        json.TryGetProperty(name, out var member) ? member : null;

    /// <summary>An integer, as a JSON number or as a string.</summary>
    internal static int? Number(JsonElement json, string name) =>
        Member(json, name) switch
        {
            { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var value) => value,
            { ValueKind: JsonValueKind.String } text
                when int.TryParse(
                    text.GetString(),
                    NumberStyles.Integer,
                    CultureInfo.InvariantCulture,
                    out var value
                ) => value,
            _ => null,
        };

    /// <summary>
    /// An <c>fbtrace_id</c>: one word of letters, digits and Base64 punctuation. Anything else could quote event data.
    /// </summary>
    private static string? TraceId(JsonElement json) =>
        Member(json, "fbtrace_id") is { ValueKind: JsonValueKind.String } member
        && member.GetString() is { Length: > 0 and <= LongestTraceId } text
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '/' or '+' or '=')
        && text.Any(char.IsAsciiLetter)
            ? text
            : null;

    /// <summary>A number of seconds, or a date. Source: RFC 9110, "Retry-After".</summary>
    private static TimeSpan? RetryAfter(string? header, DateTimeOffset now) =>
        int.TryParse(header, Whole, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds)
        : DateTimeOffset.TryParseExact(header, "r", CultureInfo.InvariantCulture, Written, out var date) && date > now
            ? date - now
        : null;

    private static TimeSpan? Bounded(TimeSpan? wait) => wait > LongestWait ? LongestWait : wait;

    private static TimeSpan? Longest(TimeSpan? a, TimeSpan? b) => a is null || b > a ? b : a;
}
