using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources;

/// <summary>
/// Fields of <c>custom_data</c> in Meta's own words. Those that a source maps as well are checked like its own; the
/// others are free.
/// </summary>
internal static class MetaCustomData
{
    /// <summary>The event with one field of <c>custom_data</c> over what the source maps.</summary>
    public static ConversionEvent Over(ConversionEvent conversion, string name, JsonPart value, Warnings warnings)
    {
        switch (name)
        {
            case "value":
                return WithValue(conversion, value, warnings);
            case "currency":
                return conversion with { Currency = ((BodyText)Text(value, warnings)).Or(conversion.Currency) };
            case "content_type":
                var type = Text(value, warnings);
                return type is null
                    ? conversion
                    : conversion with
                    {
                        ContentType = type,
                        Targets = [.. conversion.Targets.Select(target => target with { ContentType = null })],
                    };
            case "content_ids":
                return conversion with { ContentIds = ContentIds.Read(value, warnings) };
            case "contents":
                return conversion with { Contents = Products.ReadMeta(value, warnings) };
            case "order_id":
                return conversion with { OrderId = ((BodyText)Text(value, warnings)).Or(conversion.OrderId) };
            case "item_number":
                return conversion with { ItemNumber = ((BodyText)Text(value, warnings)).Or(conversion.ItemNumber) };
            default:
                conversion.CustomData.Set(name, value);
                return conversion;
        }
    }

    private static ConversionEvent WithValue(ConversionEvent conversion, JsonPart value, Warnings warnings)
    {
        if (MoneyText.Read(value) is { } number)
        {
            return conversion with { Value = number, HasUnreadableValue = false };
        }

        warnings.Add(Warning.InvalidNumber);
        return conversion with { HasUnreadableValue = conversion.Value is null };
    }

    private static string? Text(JsonPart value, Warnings warnings)
    {
        var text = JsonText.Of(value);
        if (text is null)
        {
            warnings.Add(Warning.PropertyNotSent);
        }

        return text;
    }
}
