using System.Text.Json.Nodes;

namespace OfflineConversions;

/// <summary>
/// Something that a customer did, as your own system knows it. Values are not checked here: whether Meta accepts them
/// is part of the result of <see cref="ConversionWriter.Write"/>.
/// </summary>
public sealed class Conversion
{
    /// <summary>
    /// What happened: one of Meta's standard events, such as <c>Purchase</c> or <c>Lead</c>, or a name of your own of
    /// up to 100 characters. Required.
    /// </summary>
    public required string EventName { get; init; }

    /// <summary>
    /// Identifies the conversion forever: two with the same id, name and dataset are one to Meta. An order's number is
    /// a good one, a new GUID for each attempt is not. Required, up to 256 bytes.
    /// </summary>
    public required string EventId { get; init; }

    /// <summary>
    /// When it happened. Meta takes events of the last 7 days, of a physical store those of the last 62. Required.
    /// </summary>
    public required DateTimeOffset EventTime { get; init; }

    /// <summary>Who did it. Required.</summary>
    public required Customer Customer { get; init; }

    /// <summary>What it was worth, in <see cref="Currency"/>. A purchase needs it. Default: none.</summary>
    public decimal? Value { get; init; }

    /// <summary>
    /// The ISO 4217 code of the currency, in any case. Default: <c>DefaultCurrency</c> of the settings.
    /// </summary>
    public string? Currency { get; init; }

    /// <summary>The number of the order. Default: none.</summary>
    public string? OrderId { get; init; }

    /// <summary>What was bought. Default: nothing.</summary>
    public IReadOnlyList<Product> Products { get; init; } = [];

    /// <summary>
    /// Where it happened, one of <see cref="Conversions.ActionSource.Known"/>. Default: <c>ActionSource</c> of the
    /// settings.
    /// </summary>
    public string? ActionSource { get; init; }

    /// <summary>The page on which it happened. Default: none.</summary>
    public string? EventSourceUrl { get; init; }

    /// <summary>A label for the request with the event, such as the name of a shop. Default: none.</summary>
    public string? UploadTag { get; init; }

    /// <summary>
    /// Whether Meta may use the event in a limited way only, where the law of the person's US state says so. Default:
    /// <see langword="false"/>. Source: Meta, "Data Processing Options".
    /// </summary>
    public bool LimitedDataUse { get; init; }

    /// <summary>
    /// More properties, which Meta shows as custom data. Personal data is removed from them, as Meta forbids it there.
    /// Default: none.
    /// </summary>
    public JsonObject? CustomData { get; init; }
}

/// <summary>One product of a conversion.</summary>
/// <param name="Id">
/// Its id in your catalogue. Without one, Meta would refuse the event, so the product is left out.
/// </param>
/// <param name="Quantity">How many.</param>
/// <param name="Price">The price of one, in the currency of the conversion.</param>
/// <param name="Brand">Its brand.</param>
/// <param name="Category">Its category.</param>
public sealed record Product(
    string Id,
    decimal? Quantity = null,
    decimal? Price = null,
    string? Brand = null,
    string? Category = null
);
