namespace OfflineConversions.Server.Ingestion.Protocols.MParticle;

/// <summary>mParticle's responses. Source: mParticle, "HTTP API", Error responses.</summary>
internal static class MParticleResponses
{
    public static VendorResponse Success { get; } = VendorResponse.Empty(StatusCodes.Status202Accepted);

    public static VendorResponse Refuse(Refusal refusal)
    {
        var status = refusal.Kind switch
        {
            RefusalKind.WrongKey => StatusCodes.Status403Forbidden,
            RefusalKind.TooLarge => StatusCodes.Status400BadRequest,
            _ => refusal.HttpStatus,
        };
        var message = VendorResponse.Quote(refusal.Message);
        return VendorResponse.Json(status, $$"""{"errors":[{"code":"{{Code(status)}}","message":{{message}}}]}""");
    }

    private static string Code(int status) =>
        status switch
        {
            StatusCodes.Status401Unauthorized => "UNAUTHORIZED",
            StatusCodes.Status403Forbidden => "FORBIDDEN",
            StatusCodes.Status429TooManyRequests => "TOO_MANY_REQUESTS",
            StatusCodes.Status503ServiceUnavailable => "SERVICE_UNAVAILABLE",
            _ => "BAD_REQUEST",
        };
}
