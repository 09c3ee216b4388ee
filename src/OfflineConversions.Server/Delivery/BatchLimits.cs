using OfflineConversions.Server.Configuration;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Delivery;

/// <summary>The limits of one request.</summary>
/// <param name="MaxEvents">The most events.</param>
/// <param name="MaxBytes">The most payload bytes; a single event may exceed it.</param>
internal readonly record struct BatchLimits(int MaxEvents, int MaxBytes)
{
    /// <summary>The connection's limits, which cannot exceed those of Meta.</summary>
    public static BatchLimits Of(ConnectionOptions connection, DeliveryOptions delivery) =>
        new(Math.Clamp(connection.BatchSize, 1, connection.Api.Shape().MaxEventsPerRequest), delivery.MaxBatchBytes);

    /// <summary>Whether a request with so many events has room for one more.</summary>
    /// <param name="events">The events so far.</param>
    /// <param name="bytes">The bytes with the additional one.</param>
    public bool Admit(int events, long bytes) => events < MaxEvents && bytes <= MaxBytes;

    /// <summary>The requests for a batch. Events that already have an outcome are left out.</summary>
    public IEnumerable<EventRange> Cut(Batch batch)
    {
        var (start, bytes) = (0, 0L);
        for (var i = 0; i < batch.Whole.Count; i++)
        {
            var isOpen = batch.IsOpen(i);
            var size = batch.Payload(i).Length;
            if (i > start && (!isOpen || !Admit(i - start, bytes + size)))
            {
                yield return new EventRange(start, i - start);
                (start, bytes) = (i, 0);
            }

            bytes += size + 1;
            if (!isOpen)
            {
                (start, bytes) = (i + 1, 0);
            }
        }

        if (start < batch.Whole.Count)
        {
            yield return new EventRange(start, batch.Whole.Count - start);
        }
    }
}
