namespace OfflineConversions.Sources.MParticle;

/// <summary>
/// Settings of the mParticle dialect. Source: mParticle, "Facebook Offline Conversions", Connection Settings.
/// </summary>
public sealed class MParticleOptions
{
    /// <summary>
    /// The user identity forwarded as e-mail: one of the 22 identity types by wire name (<c>customer_id</c>) or display
    /// name (<c>Customer ID</c>). Default <c>Email</c>. Only Email is normalised and hashed; any other must already be
    /// a SHA-256.
    /// </summary>
    public string EmailType { get; set; } = "Email";

    /// <summary>When to send the limited data use flag. Default <see cref="CcpaLimitedDataUse.Never"/>.</summary>
    public CcpaLimitedDataUse SendCcpaLimitedDataUse { get; set; }

    /// <summary>
    /// Ignore batches from app platforms. Default <see langword="true"/>: the connector is for feeds.
    /// </summary>
    public bool FeedOnly { get; set; } = true;

    /// <summary>Which environment's events are forwarded. Default <see cref="MParticleEnvironment.Any"/>.</summary>
    public MParticleEnvironment Environment { get; set; }

    /// <summary>
    /// Send Meta's <c>AddToWishlist</c> and <c>InitiateCheckout</c> instead of the connector's own names. Default <see
    /// langword="false"/>.
    /// </summary>
    public bool UseStandardEventNames { get; set; }

    /// <summary>Also send phone, zip, state and IP address as match keys. Default <see langword="false"/>.</summary>
    public bool AdditionalMatchKeys { get; set; }

    /// <summary>
    /// Sum price × quantity instead of price where <c>total_amount</c> is absent. Default <see langword="false"/>.
    /// </summary>
    public bool MultiplyPriceByQuantity { get; set; }
}

/// <summary>When mParticle's connector sends Meta's limited data use flag.</summary>
public enum CcpaLimitedDataUse
{
    Never,
    Always,

    /// <summary>Only where <c>consent_state.ccpa.data_sale_opt_out.consented</c> is true.</summary>
    WhenOptedOut,
}

/// <summary>Which of mParticle's environments are forwarded.</summary>
public enum MParticleEnvironment
{
    Any,
    Production,
    Development,
}
