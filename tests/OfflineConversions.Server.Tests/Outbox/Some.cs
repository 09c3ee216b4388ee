using System.Text;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>Entries whose details do not matter.</summary>
internal static class Some
{
    /// <summary>When a test begins.</summary>
    public static readonly DateTimeOffset Now = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    public static readonly DateTimeOffset Expiry = new(2026, 5, 11, 12, 0, 0, TimeSpan.Zero);

    public static OutboxEntry Entry(
        string id,
        string connection = "stores",
        string dataset = "1001",
        string eventName = "Purchase",
        string? uploadTag = null,
        int chunkEvents = 1000,
        TimeSpan? window = null,
        string? payload = null,
        DateTimeOffset? expiresAt = null
    ) =>
        new(
            connection,
            MetaApi.ConversionsApi,
            chunkEvents,
            window ?? TimeSpan.FromHours(48),
            new(
                dataset,
                uploadTag,
                eventName,
                id,
                expiresAt ?? Expiry,
                Encoding.UTF8.GetBytes(payload ?? $$"""{"n":"{{id}}"}""")
            )
        );

    public static OutboxEntry[] Entries(int count, string prefix = "e") =>
        Enumerable.Range(0, count).Select(i => Entry($"{prefix}{i}")).ToArray();

    public static string[] Texts(this Chunk chunk) =>
        chunk.Events.Select(e => Encoding.UTF8.GetString(e.Payload.Span)).ToArray();

    public static string[] Texts(this IEnumerable<Chunk> chunks) => chunks.SelectMany(Texts).ToArray();

    public static string Text(this FailedEvent failed) => Encoding.UTF8.GetString(failed.Payload.Span);
}
