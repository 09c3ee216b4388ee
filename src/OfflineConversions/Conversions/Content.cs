using OfflineConversions.Json;

namespace OfflineConversions.Conversions;

/// <summary>One product of a conversion. Source: Meta, "Custom Data Parameters", contents.</summary>
/// <param name="Id">
/// Its id in the catalogue; an item without one is left out, because Meta refuses the whole batch for it.
/// </param>
/// <param name="Quantity">How many.</param>
/// <param name="Price">The price of one: <c>item_price</c>, in the legacy shape <c>price</c>.</param>
/// <param name="Brand">Its brand.</param>
/// <param name="Category">Its category.</param>
public sealed record Content(string? Id, Number? Quantity, Number? Price, string? Brand, string? Category);
