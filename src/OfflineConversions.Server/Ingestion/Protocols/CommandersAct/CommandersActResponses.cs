namespace OfflineConversions.Server.Ingestion.Protocols.CommandersAct;

/// <summary>
/// Commanders Act's responses. Source: Commanders Act, "HTTP Tracking", which documents no error bodies: they are
/// problem details.
/// </summary>
internal static class CommandersActResponses
{
    public static VendorResponse Success { get; } = VendorResponse.Json(StatusCodes.Status200OK, "{}");

    public static VendorResponse Refuse(Refusal refusal) =>
        VendorResponse.Problem(
            refusal.Kind == RefusalKind.TooLarge ? StatusCodes.Status400BadRequest : refusal.HttpStatus,
            refusal.Message
        );
}
