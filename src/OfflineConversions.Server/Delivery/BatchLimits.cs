using OfflineConversions.Server.Configuration;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Delivery;

/// <summary>What one request may hold.</summary>
/// <param name="MaxEvents">Events.</param>
/// <param name="MaxBytes">Payload bytes; a single event may exceed it.</param>
internal readonly record struct BatchLimits(int MaxEvents, int MaxBytes)
{
    /// <summary>The connection's limits, which cannot exceed those of Meta.</summary>
    public static BatchLimits Of(ConnectionOptions connection, DeliveryOptions delivery) =>
        new(Math.Clamp(connection.BatchSize, 1, connection.Api.Shape().MaxEventsPerRequest), delivery.MaxBatchBytes);

    /// <summary>
    /// The requests a batch leads to: one, unless a chunk was stored under larger limits. Events that have met their
    /// fate are left out.
    /// </summary>
    public IEnumerable<Part> Cut(Batch batch)
    {
        var (start, bytes) = (0, 0L);
        for (var i = 0; i < batch.Whole.Count; i++)
        {
            var open = batch.IsOpen(new Part(i, 1));
            var size = batch[new Part(i, 1)][0].Length;
            if (i > start && (!open || i - start >= MaxEvents || bytes + size > MaxBytes))
            {
                yield return new Part(start, i - start);
                (start, bytes) = (i, 0);
            }

            bytes += size + 1;
            if (!open)
            {
                (start, bytes) = (i + 1, 0);
            }
        }

        if (start < batch.Whole.Count)
        {
            yield return new Part(start, batch.Whole.Count - start);
        }
    }
}
