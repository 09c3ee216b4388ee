using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Sources;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions;

/// <summary>The stages that reuse memory from event to event.</summary>
internal sealed class Workspace(MappingOptions options, IEventSource source)
{
    private const int MostKeptBytes = 1 << 20;

    public KeyHasher Hasher { get; } =
        new(
            options.Api.Shape().HashingRules,
            options.DefaultCountry,
            options.ReadingOrder,
            options.HashExternalId,
            source.RequiresHashedKeys
        );

    /// <summary>Warnings that concern an event only if it is sent.</summary>
    public Warnings LaterWarnings { get; } = new();

    public PayloadWriter Writer { get; } = new(options.Api.Shape());

    /// <summary>The results of the body so far.</summary>
    public List<EventResult> Results { get; } = [];

    /// <summary>Nothing of a person stays in memory between two bodies.</summary>
    public void Forget()
    {
        Hasher.Clear();
        Writer.Clear();
        Results.Clear();
    }

    /// <summary>One huge event must not occupy memory permanently.</summary>
    public bool IsWorthKeeping => Writer.KeptBytes + Hasher.KeptBytes <= MostKeptBytes;
}
