namespace OfflineConversions.Sources.CommandersAct;

/// <summary>Settings of the Commanders Act dialect. Source: Commanders Act, "Facebook Conversions API".</summary>
public sealed class CommandersActOptions
{
    /// <summary>The consent category that an event must have. Default: none, no check.</summary>
    public string? UserConsentCategory { get; set; }

    /// <summary>
    /// Copy the event's own scalar properties into <c>custom_data</c>. Default <see langword="true"/>.
    /// </summary>
    public bool CopyEventProperties { get; set; } = true;

    /// <summary>The <c>content_type</c> of events. Default <c>product</c>; empty for none.</summary>
    public string? ContentType { get; set; } = "product";
}
