using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace OfflineConversions.Server.Targets.Meta;

/// <summary>
/// Reads an answer leniently: HTML, nothing, half a body and unknown shapes are all just answers without an error code.
/// </summary>
internal static class GraphAnswerReader
{
    // No event is deliverable that long; a later time, added to ours, could be beyond the calendar.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(365);

    /// <summary>Reads one answer.</summary>
    public static GraphAnswer Read(
        int status,
        HttpResponseHeaders headers,
        ReadOnlyMemory<byte> body,
        DateTimeOffset now
    )
    {
        var (usage, regain) = UsageHeaders.Read(headers);
        var answer = new GraphAnswer
        {
            Status = status,
            Usage = usage,
            Wait = Bounded(Longest(regain, RetryAfter(headers.RetryAfter, now))),
        };
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object ? Understand(answer, json.RootElement) : answer;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException) // the latter: a string that is not UTF-8
        {
            return answer;
        }
    }

    private static GraphAnswer Understand(GraphAnswer answer, JsonElement root)
    {
        var error = Member(root, "error") switch
        {
            { ValueKind: JsonValueKind.Object } inner => inner,
            // The shape Meta's offline uploader also knows: {"error_code":…,"error_subcode":…} at the root.
            _ when Member(root, "error_code") is not null => root,
            _ => (JsonElement?)null,
        };
        return answer with
        {
            Received = Number(root, "events_received") ?? Number(root, "num_processed_entries"),
            TraceId = MetaText.TraceId(Text(error ?? root, "fbtrace_id") ?? Text(root, "fbtrace_id")),
            Error = error is { } found ? ReadError(found) : null,
        };
    }

    private static GraphError ReadError(JsonElement error) =>
        new(
            Code: (int)(Number(error, "code") ?? Number(error, "error_code") ?? 0),
            Subcode: (int?)Number(error, "error_subcode"),
            IsTransient: Member(error, "is_transient") is { ValueKind: JsonValueKind.True },
            Title: MetaText.Title(Text(error, "error_user_title")),
            EventIndex: Member(error, "error_data") is { } detail ? EventIndex(detail) : null
        );

    /// <summary><c>error_data</c> is an object, or the text of one.</summary>
    private static int? EventIndex(JsonElement detail)
    {
        if (detail.ValueKind == JsonValueKind.Object)
        {
            return (int?)Number(detail, "event_index");
        }

        if (detail.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(detail.GetString()!);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? (int?)Number(json.RootElement, "event_index")
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonElement? Member(JsonElement json, string name) =>
        json.TryGetProperty(name, out var member) ? member : null;

    /// <summary>A whole number that fits an <see cref="int"/>, also where it stands in quotes.</summary>
    private static long? Number(JsonElement json, string name) =>
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

    private static string? Text(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } value
            ? value
            : null;

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header, DateTimeOffset now) =>
        header switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } when date > now => date - now,
            _ => null,
        };

    private static TimeSpan? Bounded(TimeSpan? wait) => wait > LongestWait ? LongestWait : wait;

    private static TimeSpan? Longest(TimeSpan? a, TimeSpan? b) => a is null || b > a ? b : a;
}
