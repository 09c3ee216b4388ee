namespace OfflineConversions.Server.Ingestion.Protocols.RudderStack;

/// <summary>RudderStack's responses. Source: RudderStack, "HTTP API", and the texts of its gateway.</summary>
internal static class RudderStackResponses
{
    public static VendorResponse Success { get; } = VendorResponse.Text(StatusCodes.Status200OK, "OK");

    public static VendorResponse Refuse(Refusal refusal) => VendorResponse.Text(refusal.HttpStatus, TextOf(refusal));

    private static string TextOf(Refusal refusal) =>
        refusal.Kind switch
        {
            RefusalKind.MalformedJson => "Invalid JSON",
            RefusalKind.MissingKey => "failed to read writekey from header",
            RefusalKind.WrongKey => "invalid write key",
            RefusalKind.TooLarge => $"request size exceeds max limit: {refusal.Message}",
            RefusalKind.RateLimited => "max requests limit reached",
            _ => refusal.Message,
        };
}
