using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>What Meta said to each event.</summary>
internal sealed partial class InMemoryOutbox
{
    private void NoteAnswers(ChunkSettlement settlement, IEnumerable<StoredEvent> delivered)
    {
        var chunk = settlement.Chunk;
        foreach (var stored in delivered)
        {
            Answered(stored, settlement.Accepted.FirstOrDefault(run => Covers(run, chunk, stored))?.Answer);
        }

        foreach (var index in settlement.LastAnswer is null ? [] : settlement.Keep)
        {
            Answered(chunk.Events[index], settlement.LastAnswer);
        }
    }

    private static bool Covers(AcceptedRun run, Chunk chunk, StoredEvent stored) =>
        chunk.Events.Skip(run.Start).Take(run.Count).Any(one => one.Payload.Equals(stored.Payload));

    private void Answered(StoredEvent stored, MetaAnswer? answer)
    {
        if (_fates.TryGetValue(stored.Payload, out var fate))
        {
            _fates[stored.Payload] = fate with { Answer = answer };
        }
    }
}
