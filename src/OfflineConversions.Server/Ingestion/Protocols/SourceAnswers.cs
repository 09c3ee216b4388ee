using System.Globalization;
using System.Text;
using System.Text.Json;
using OfflineConversions.Sources;
using OfflineConversions.Sources.CommandersAct;
using OfflineConversions.Sources.MParticle;
using OfflineConversions.Sources.RudderStack;
using OfflineConversions.Sources.Segment;

namespace OfflineConversions.Server.Ingestion.Protocols;

/// <summary>
/// The one place that turns results into each vendor's answer: success is what its SDK takes for success, a refusal has
/// its status and body where its pages have one. Sources: mParticle "HTTP API", Segment "HTTP Tracking API Source",
/// RudderStack "HTTP API", Commanders Act "HTTP Tracking".
/// </summary>
internal static class SourceAnswers
{
    private const string Json = "application/json; charset=utf-8";
    private const string Text = "text/plain; charset=utf-8";

    /// <summary>The status of success.</summary>
    public static int SuccessStatus(SourceDefinition source) =>
        source is MParticleDefinition ? StatusCodes.Status202Accepted : StatusCodes.Status200OK;

    /// <summary>The status of a refusal.</summary>
    public static int Status(SourceDefinition source, RefusalKind kind) =>
        kind switch
        {
            RefusalKind.MissingKey or RefusalKind.WrongSignature => StatusCodes.Status401Unauthorized,
            RefusalKind.WrongKey => source is MParticleDefinition
                ? StatusCodes.Status403Forbidden
                : StatusCodes.Status401Unauthorized,
            RefusalKind.TooLarge => source is MParticleDefinition or CommandersActDefinition
                ? StatusCodes.Status400BadRequest
                : StatusCodes.Status413PayloadTooLarge,
            RefusalKind.UnsupportedEncoding => StatusCodes.Status415UnsupportedMediaType,
            RefusalKind.TooSlow => StatusCodes.Status408RequestTimeout,
            RefusalKind.RateLimited => StatusCodes.Status429TooManyRequests,
            RefusalKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status400BadRequest,
        };

    /// <summary>Answers success; with each event's outcome where the caller prefers that.</summary>
    public static Task AcceptAsync(HttpContext context, SourceDefinition source, IReadOnlyList<EventOutcome> outcomes)
    {
        context.Response.StatusCode = SuccessStatus(source);
        if (Representation.IsPreferred(context.Request))
        {
            return Representation.WriteAsync(context, outcomes);
        }

        return source switch
        {
            MParticleDefinition => Task.CompletedTask,
            SegmentDefinition => WriteAsync(context, Json, "{\"success\":true}"),
            RudderStackDefinition => WriteAsync(context, Text, "OK"),
            _ => WriteAsync(context, Json, "{}"),
        };
    }

    /// <summary>Answers a refusal.</summary>
    public static Task RefuseAsync(HttpContext context, SourceDefinition source, Refusal refusal)
    {
        var status = Status(source, refusal.Kind);
        context.Response.StatusCode = status;
        TellWhenToComeBack(context, refusal);

        if (status == StatusCodes.Status401Unauthorized)
        {
            // Basic works as well, but naming it makes browsers ask the shop's visitor for a password.
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"OfflineConversions\"";
        }

        return source switch
        {
            MParticleDefinition => WriteAsync(
                context,
                Json,
                $$"""{"errors":[{"code":"{{MParticleCode(status)}}","message":{{Quote(refusal.Message)}}}]}"""
            ),
            SegmentDefinition => WriteAsync(
                context,
                Json,
                $$"""{"success":false,"message":{{Quote(refusal.Message)}}}"""
            ),
            RudderStackDefinition => WriteAsync(context, Text, RudderStackText(refusal)),
            _ => Results.Problem(refusal.Message, statusCode: status).ExecuteAsync(context),
        };
    }

    /// <summary>Sets <c>Retry-After</c>, in whole seconds, where coming back helps.</summary>
    public static void TellWhenToComeBack(HttpContext context, Refusal refusal)
    {
        if (refusal.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds))
                .ToString(CultureInfo.InvariantCulture);
        }
    }

    private static string MParticleCode(int status) =>
        status switch
        {
            StatusCodes.Status401Unauthorized => "UNAUTHORIZED",
            StatusCodes.Status403Forbidden => "FORBIDDEN",
            StatusCodes.Status429TooManyRequests => "TOO_MANY_REQUESTS",
            StatusCodes.Status503ServiceUnavailable => "SERVICE_UNAVAILABLE",
            _ => "BAD_REQUEST",
        };

    private static string RudderStackText(Refusal refusal) =>
        refusal.Kind switch
        {
            RefusalKind.MalformedJson => "Invalid JSON",
            RefusalKind.MissingKey => "failed to read writekey from header",
            RefusalKind.WrongKey => "invalid write key",
            RefusalKind.TooLarge => $"request size exceeds max limit: {refusal.Message}",
            RefusalKind.RateLimited => "max requests limit reached",
            _ => refusal.Message,
        };

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static Task WriteAsync(HttpContext context, string contentType, string body)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = Encoding.UTF8.GetByteCount(body); // without it the answer would be chunked
        return context.Response.WriteAsync(body);
    }
}
