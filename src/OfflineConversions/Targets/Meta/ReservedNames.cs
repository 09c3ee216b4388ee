using OfflineConversions.Conversions;

namespace OfflineConversions.Targets.Meta;

/// <summary>
/// The names of <c>custom_data</c> that are Meta's own. In the Conversions API free properties stand beside them, so
/// one of the same name has to go. Value, currency and contents go in any case: unchecked they would make Meta refuse
/// the batch.
/// </summary>
public static class ReservedNames
{
    /// <summary>Removes the free properties that would stand beside Meta's own.</summary>
    public static void Clear(ConversionEvent conversion)
    {
        var custom = conversion.CustomData;
        custom.Remove("value");
        custom.Remove("currency");
        custom.Remove("contents");
        RemoveIf(
            conversion.ContentType is not null || conversion.Targets.Exists(target => target.ContentType is not null),
            "content_type"
        );
        RemoveIf(conversion.ContentIds.Count > 0, "content_ids");
        RemoveIf(conversion.OrderId is not null, "order_id");
        RemoveIf(conversion.ItemNumber is not null, "item_number");

        void RemoveIf(bool taken, string name)
        {
            if (taken)
            {
                custom.Remove(name);
            }
        }
    }
}
