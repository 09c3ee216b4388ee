using System.Text.Json;

namespace OfflineConversions.Server.Ingestion;

/// <summary>
/// The response to <c>Prefer: return=representation</c> (RFC 7240): the outcome of each event, in order.
/// </summary>
internal static class Representation
{
    private const string Preference = "return=representation";

    /// <summary>Whether the caller requests it.</summary>
    public static bool IsPreferred(HttpRequest request)
    {
        foreach (var header in request.Headers["Prefer"])
        {
            if (
                header is not null
                && header
                    .Split(',', ';')
                    .Any(part =>
                        part.Replace(" ", string.Empty, StringComparison.Ordinal)
                            .Replace("\"", string.Empty, StringComparison.Ordinal)
                            .Equals(Preference, StringComparison.OrdinalIgnoreCase)
                    )
            )
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes <c>{"events":[{"outcome","reason","warnings","eventId"}]}</c>.</summary>
    public static async Task WriteAsync(HttpContext context, IReadOnlyList<EventOutcome> outcomes)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers["Preference-Applied"] = Preference;
        var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        await using (writer)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("events"u8);
            foreach (var outcome in outcomes)
            {
                Write(writer, outcome);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static void Write(Utf8JsonWriter writer, EventOutcome outcome)
    {
        writer.WriteStartObject();
        writer.WriteString("outcome"u8, outcome.Outcome.Name());
        writer.WriteString("reason"u8, outcome.Reason);
        writer.WriteStartArray("warnings"u8);
        foreach (var warning in outcome.Warnings)
        {
            writer.WriteStringValue(warning);
        }

        writer.WriteEndArray();
        writer.WriteString("eventId"u8, outcome.EventId);
        writer.WriteEndObject();
    }
}
