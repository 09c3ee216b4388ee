using System.Globalization;

namespace OfflineConversions.Server.Ingestion.Protocols;

/// <summary>
/// Writes the response to a post: in the vendor's form, or as outcomes where the client prefers that.
/// </summary>
internal static class ResponseWriter
{
    /// <summary>Responds to a post that was accepted.</summary>
    public static Task AcceptAsync(HttpContext context, VendorResponse success, IReadOnlyList<EventOutcome> outcomes)
    {
        if (!Representation.IsPreferred(context.Request))
        {
            return success.ExecuteAsync(context);
        }

        context.Response.StatusCode = success.Status;
        return Representation.WriteAsync(context, outcomes);
    }

    /// <summary>Responds to a post that was refused.</summary>
    public static Task RefuseAsync(HttpContext context, IVendorProtocol protocol, Refusal refusal)
    {
        var response = protocol.Refuse(refusal);
        SetRetryAfter(context, refusal);
        if (response.Status == StatusCodes.Status401Unauthorized)
        {
            // Basic works as well, but naming it makes browsers ask the shop's visitor for a password.
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"OfflineConversions\"";
        }

        return response.ExecuteAsync(context);
    }

    /// <summary>Sets <c>Retry-After</c>, in whole seconds, where a later attempt helps.</summary>
    public static void SetRetryAfter(HttpContext context, Refusal refusal)
    {
        if (refusal.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds))
                .ToString(CultureInfo.InvariantCulture);
        }
    }
}
