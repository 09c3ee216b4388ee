using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using OfflineConversions.Json;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Fuzzing.Targets;

/// <summary>
/// Stores nothing, but checks each entry: a JSON object in valid UTF-8, whose strings are valid Unicode and whose
/// numbers are finite.
/// </summary>
internal sealed class CheckingOutbox : IOutbox
{
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    public OutboxHealth Health => new(true, null);

    public TimeSpan LeaseDuration => TimeSpan.MaxValue;

    public ValueTask<AppendResult> AppendAsync(
        IReadOnlyList<OutboxEntry> entries,
        Arrivals? arrivals,
        CancellationToken cancellationToken
    )
    {
        foreach (var entry in entries)
        {
            var delivery = entry.Delivery;
            Strict.GetByteCount($"{delivery.DatasetId} {delivery.UploadTag} {delivery.EventName} {delivery.EventId}");
            delivery.ExpiresAt.ToUnixTimeMilliseconds();
            Require(
                delivery.DatasetId.Length > 0 && delivery.EventName.Length > 0 && delivery.EventId.Length > 0,
                "a delivery without a name"
            );
            Require(Utf8.IsValid(delivery.Payload.Span), "a payload that is not UTF-8");
            Walk(delivery.Payload.Span);
        }

        return new(new AppendResult(AppendStatus.Stored, [.. Enumerable.Repeat(true, entries.Count)], TimeSpan.Zero));
    }

    private static void Walk(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload, JsonLimits.Reader);
        Require(reader.Read() && reader.TokenType == JsonTokenType.StartObject, "a payload that is not an object");
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                reader.GetString();
            }

            Require(
                reader.TokenType != JsonTokenType.Number || double.IsFinite(reader.GetDouble()),
                "a number that is not finite"
            );
        }
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidDataException(otherwise);
        }
    }

    public ValueTask<IReadOnlyList<Chunk>> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<Lease?>> RenewAsync(
        IReadOnlyList<Chunk> chunks,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<SettlementStatus>> SettleAsync(
        IReadOnlyList<ChunkSettlement> settlements,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public ValueTask HastenAsync(string connection, string dataset, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
