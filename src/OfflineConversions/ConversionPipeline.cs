using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Privacy;
using OfflineConversions.Sources;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions;

/// <summary>
/// The core's front door: the JSON a source posts in, Meta's JSON out. One instance serves one connection; it is
/// immutable and may be used from any number of threads.
/// </summary>
public sealed class ConversionPipeline
{
    private readonly IEventSource _source;
    private readonly KeyHasher _hasher;
    private readonly Sendability _sendability;

    /// <summary>Compiles the connection's tables.</summary>
    public ConversionPipeline(MappingOptions options)
    {
        var definition = options.Source ?? throw new ArgumentException("A connection needs a Source.", nameof(options));
        Options = options;
        _source = definition.Compile(options);
        _sendability = new Sendability(options);
        _hasher = new KeyHasher(
            options.Api.Shape().HashingRules,
            options.DefaultCountry,
            options.DateOrder ?? definition.DateOrder,
            options.HashExternalId,
            requireHashed: _source.RequiresHashedKeys
        );
    }

    /// <summary>The settings it was made from.</summary>
    public MappingOptions Options { get; }

    /// <summary>
    /// Says what is wrong with the shape of a body that holds no events at all, or <see langword="null"/>.
    /// </summary>
    public string? Refuse(JsonElement body) => _source.Refuse(body);

    /// <summary>How much work the body is; tells it without mapping.</summary>
    public BodySize Measure(JsonElement body) => _source.Measure(body);

    /// <summary>
    /// Maps, hashes, checks and writes every event of the body, in order. Never throws for what a body holds.
    /// </summary>
    /// <param name="body">One event, or a batch in the source's form.</param>
    /// <param name="receipt">When it came, and by which call.</param>
    /// <param name="afterEach">Called after each event, before the next is begun: a batch may be long work.</param>
    public IReadOnlyList<EventResult> Map(JsonElement body, Receipt receipt, Action? afterEach = null)
    {
        var results = new List<EventResult>();
        foreach (var mapped in _source.Map(body, receipt))
        {
            results.Add(Finish(mapped, receipt.At));
            afterEach?.Invoke();
        }

        return results;
    }

    private EventResult Finish(MappedEvent mapped, DateTimeOffset receivedAt)
    {
        if (mapped.Event is not { } conversion)
        {
            return new EventResult(mapped.Outcome, mapped.Reason, mapped.Warnings.Codes, [], mapped.EventId);
        }

        var warnings = mapped.Warnings;
        var keys = _hasher.Hash(conversion.MatchKeys, DateOnly.FromDateTime(receivedAt.UtcDateTime), warnings);
        var actionSource = _sendability.ActionSourceOf(conversion, warnings);
        if (_sendability.Judge(conversion, keys, actionSource, receivedAt) is { } rejected)
        {
            return new EventResult(Outcome.Rejected, rejected, warnings.Codes, [], conversion.EventId);
        }

        if (_source.Judge(keys) is { } ignored)
        {
            return new EventResult(Outcome.Ignored, ignored, warnings.Codes, [], conversion.EventId);
        }

        var eventTime = Sendability.EventTimeOf(conversion, receivedAt, warnings);
        PersonalDataGuard.CleanSale(conversion, Options.PersonalDataGuard, warnings);
        Sendability.DropContentsWithoutId(conversion, warnings);
        ReservedNames.Clear(conversion, Options.Api.Shape());
        PersonalDataGuard.Clean(conversion.CustomData, Options.PersonalDataGuard, warnings);
        conversion.EventSourceUrl = PersonalDataGuard.CleanUrl(
            conversion.EventSourceUrl,
            Options.PersonalDataGuard,
            warnings
        );
        return Write(conversion, keys, eventTime, actionSource, warnings);
    }

    private EventResult Write(
        ConversionEvent conversion,
        HashedKeys keys,
        DateTimeOffset eventTime,
        string actionSource,
        Warnings warnings
    )
    {
        var deliveries = new List<EventDelivery>(conversion.Targets.Count);
        var reasons = new List<string>();
        foreach (var target in conversion.Targets)
        {
            var money = Money.Judge(conversion, target.EventName, warnings);
            if (money.Reason is { } reason)
            {
                reasons.Add(reason);
                continue;
            }

            var prepared = new PreparedEvent(
                conversion,
                keys,
                target.EventName,
                target.ContentType ?? conversion.ContentType,
                eventTime,
                actionSource,
                money
            );
            deliveries.Add(
                new EventDelivery(
                    target.DatasetId,
                    conversion.UploadTag,
                    target.EventName,
                    conversion.EventId,
                    _sendability.ExpiresAt(eventTime, actionSource),
                    PayloadWriter.Write(prepared, Options.Api.Shape())
                )
            );
        }

        if (deliveries.Count == 0)
        {
            return new EventResult(Outcome.Rejected, reasons[0], warnings.Codes, [], conversion.EventId);
        }

        // One of several targets may be impossible where the others are not: the reason is kept beside them.
        reasons.ForEach(warnings.Add);
        return new EventResult(Outcome.Accepted, Reason: null, warnings.Codes, deliveries, conversion.EventId);
    }
}
