namespace OfflineConversions.Server.Ingestion.Protocols.Segment;

/// <summary>Segment's responses. Source: Segment, "HTTP Tracking API Source", Errors.</summary>
internal static class SegmentResponses
{
    public static VendorResponse Success { get; } =
        VendorResponse.Json(StatusCodes.Status200OK, """{"success":true}""");

    public static VendorResponse Refuse(Refusal refusal)
    {
        var message = VendorResponse.Quote(refusal.Message);
        return VendorResponse.Json(refusal.HttpStatus, $$"""{"success":false,"message":{{message}}}""");
    }
}
