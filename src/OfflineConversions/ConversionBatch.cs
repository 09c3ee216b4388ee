using OfflineConversions.Conversions;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions;

/// <summary>Deliveries that fit into one request to Meta: one dataset, one upload tag, within Meta's limit.</summary>
/// <param name="Api">The shape of the events.</param>
/// <param name="DatasetId">The dataset that the request is for.</param>
/// <param name="UploadTag">The request's <c>upload_tag</c>, or <see langword="null"/> for none.</param>
/// <param name="Deliveries">The events, at least one.</param>
public sealed record ConversionBatch(
    MetaApi Api,
    string DatasetId,
    string? UploadTag,
    IReadOnlyList<EventDelivery> Deliveries
)
{
    /// <summary>
    /// The most payload bytes of a request. Meta publishes no limit; integrators report about 1 MB.
    /// </summary>
    public const int MostBytes = 1_000_000;

    /// <summary>
    /// Joins deliveries to as few requests as possible. Those of one dataset and tag keep their order.
    /// </summary>
    /// <param name="deliveries">The deliveries, written by a writer or pipeline for the same API.</param>
    /// <param name="api">The shape in which they were written.</param>
    public static IReadOnlyList<ConversionBatch> Split(IEnumerable<EventDelivery> deliveries, MetaApi api)
    {
        ArgumentNullException.ThrowIfNull(deliveries);
        var batches = new List<ConversionBatch>();
        foreach (var group in deliveries.GroupBy(delivery => (delivery.DatasetId, delivery.UploadTag)))
        {
            batches.AddRange(
                Cut(group, api.Shape().MaxEventsPerRequest)
                    .Select(part => new ConversionBatch(api, group.Key.DatasetId, group.Key.UploadTag, part))
            );
        }

        return batches;
    }

    private static IEnumerable<IReadOnlyList<EventDelivery>> Cut(IEnumerable<EventDelivery> deliveries, int mostEvents)
    {
        var part = new List<EventDelivery>();
        var bytes = 0L;
        foreach (var delivery in deliveries)
        {
            var size = delivery.Payload.Length + 1;
            if (part.Count == mostEvents || (part.Count > 0 && bytes + size > MostBytes))
            {
                yield return part;
                (part, bytes) = ([], 0);
            }

            part.Add(delivery);
            bytes += size;
        }

        yield return part;
    }
}
