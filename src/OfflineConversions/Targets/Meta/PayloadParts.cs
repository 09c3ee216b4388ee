using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Json;

namespace OfflineConversions.Targets.Meta;

/// <summary>The parts of a payload that both shapes write alike.</summary>
internal static class PayloadParts
{
    /// <summary>
    /// Writes the values of one match key: as an array where the shape requires one or there are several values, else
    /// as one string.
    /// </summary>
    public static void WriteKey(this JsonOutput output, MatchKeyName name, HashedKeys keys, bool onlyFirst)
    {
        var key = name.Key;
        if (!keys.Has(key))
        {
            return;
        }

        output.Name(name.Utf8);
        if (!name.IsList && (onlyFirst || name.IsSingle || !keys.HasSeveral(key)))
        {
            output.Text(keys.FirstOf(key));
            return;
        }

        output.StartArray();
        if (keys.HasSeveral(key))
        {
            foreach (var entry in keys.Entries)
            {
                if (entry.Key == key)
                {
                    output.Text(keys.ValueOf(entry));
                }
            }
        }
        else
        {
            output.Text(keys.FirstOf(key));
        }

        output.EndArray();
    }

    public static void WriteContents(
        this JsonOutput output,
        IReadOnlyList<Content> contents,
        ReadOnlySpan<byte> priceName
    )
    {
        if (contents.Count == 0)
        {
            return;
        }

        output.StartArray("contents"u8);
        for (var index = 0; index < contents.Count; index++)
        {
            var content = contents[index];
            output.StartObject();
            output.Text("id"u8, content.Id);
            output.Number("quantity"u8, content.Quantity);
            output.Number(priceName, content.Price);
            output.Text("brand"u8, content.Brand);
            output.Text("category"u8, content.Category);
            output.EndObject();
        }

        output.EndArray();
    }

    public static void WriteCustom(this JsonOutput output, CustomData customData)
    {
        foreach (var (name, value) in customData.Span)
        {
            output.Name(name);
            if (value.Text is { } text)
            {
                output.Text(text);
            }
            else
            {
                output.Raw(value.Json.Utf8);
            }
        }
    }

    public static void WriteDataProcessing(this JsonOutput output, DataProcessing? processing)
    {
        if (processing is null)
        {
            return;
        }

        // An empty list means "no limit" to Meta, which differs from no list at all, so it is written.
        output.StartArray("data_processing_options"u8);
        foreach (var option in processing.Options)
        {
            output.Text(option);
        }

        output.EndArray();
        output.Number("data_processing_options_country"u8, processing.Country);
        output.Number("data_processing_options_state"u8, processing.State);
    }
}
