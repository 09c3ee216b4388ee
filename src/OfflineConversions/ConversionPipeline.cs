using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Privacy;
using OfflineConversions.Sources;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions;

/// <summary>
/// Maps what a vendor posts: the vendor's JSON in, Meta's JSON out. One instance serves one connection and can be used
/// from any number of threads. For conversions of your own, see <see cref="ConversionWriter"/>.
/// </summary>
public sealed class ConversionPipeline
{
    private readonly IEventSource _source;
    private readonly IMetaShape _shape;
    private readonly EventCleaner _cleaner;
    private readonly EventJudge _judge;

    // A hash context and a write buffer are costly to create and serve one thread at a time: the last one to finish
    // leaves them for the next.
    private Workspace? _idle;

    /// <summary>Compiles the connection's settings.</summary>
    /// <param name="options">The settings. They must not change afterwards.</param>
    /// <exception cref="ArgumentException">The settings have no source.</exception>
    public ConversionPipeline(MappingOptions options)
        : this(options, Compile(options)) { }

    /// <summary>The stages after a source's mapping, for every caller that maps.</summary>
    internal ConversionPipeline(MappingOptions options, IEventSource source)
    {
        var shape = options.Api.Shape();
        _shape = shape;
        Options = options;
        _source = source;
        _cleaner = new EventCleaner(shape, new PersonalDataGuard(options.PersonalDataGuard));
        _judge = new EventJudge(
            shape,
            new DefaultActionSource(options.ActionSource, options.IsActionSourceSet),
            new AcceptanceWindows(options.AcceptanceWindow, options.PhysicalStoreAcceptanceWindow),
            _source.Judge
        );
    }

    /// <summary>The settings from which it was created.</summary>
    public MappingOptions Options { get; }

    /// <summary>
    /// Maps every event of a body, in order. Whatever the events contain is a result, never an exception.
    /// </summary>
    /// <param name="json">What the vendor posts, in UTF-8: one event, or a batch in the vendor's form.</param>
    /// <param name="receivedAt">When it arrived; it is the time of events that have none.</param>
    /// <returns>A result for each event. Empty if the body does not have the form of any event.</returns>
    /// <exception cref="System.Text.Json.JsonException">The body is not strict JSON, or nested too deeply.</exception>
    public IReadOnlyList<EventResult> Map(ReadOnlyMemory<byte> json, DateTimeOffset receivedAt)
    {
        using var tree = JsonTree.Parse(json);
        return Refuse(tree.Root) is null ? Map(tree.Root, new Receipt(receivedAt)) : [];
    }

    /// <summary>
    /// What is wrong with the form of a body that contains no events at all, or <see langword="null"/>.
    /// </summary>
    internal string? Refuse(JsonPart body) => _source.Refuse(body);

    /// <summary>How much work the body is, without mapping it.</summary>
    internal BodySize Measure(JsonPart body) => _source.Measure(body);

    /// <summary>
    /// Maps every event of the body, in order: the source maps, then hash, clean, judge, price and write. Never throws
    /// for anything that a body contains.
    /// </summary>
    /// <param name="body">One event, or a batch in the source's form.</param>
    /// <param name="receipt">When the body was received, and by which call.</param>
    /// <param name="afterEach">Called after each event, before the next one: a batch can be long work.</param>
    /// <param name="payloads">
    /// Receives the payloads, which are valid as long as it is. Without it, each has an array of its own.
    /// </param>
    internal IReadOnlyList<EventResult> Map(
        JsonPart body,
        Receipt receipt,
        Action? afterEach = null,
        PayloadBuffer? payloads = null
    )
    {
        var workspace = Take();
        var events = _source.Map(body, receipt);
        if (events is IReadOnlyList<MappedEvent> { Count: 1 } one)
        {
            // Nearly always, and without an enumerator.
            FinishNext(one[0], receipt.At, workspace, payloads, afterEach);
        }
        else
        {
            foreach (var mapped in events)
            {
                FinishNext(mapped, receipt.At, workspace, payloads, afterEach);
            }
        }

        EventResult[] results = [.. workspace.Results];
        Return(workspace);
        return results;
    }

    /// <summary>Takes one event that is mapped already through the other stages, and releases it.</summary>
    internal EventResult Finish(MappedEvent mapped, DateTimeOffset receivedAt)
    {
        var workspace = Take();
        var result = Finish(mapped.WithBoundedId(), receivedAt, workspace, payloads: null);
        mapped.Release();
        Return(workspace);
        return result;
    }

    /// <summary>Hashes a person without an event.</summary>
    internal HashedCustomer Hash(MatchKeys clear, DateTimeOffset now)
    {
        var workspace = Take();
        var warnings = new Warnings();
        var keys = workspace.Hasher.Hash(clear, now, eventTime: null, warnings);
        var hashed = new HashedCustomer(keys.Values, warnings.Codes, CustomerInformation.IsSufficient(keys, _shape));
        clear.Release();
        Return(workspace);
        return hashed;
    }

    private static IEventSource Compile(MappingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var definition = options.Source ?? throw new ArgumentException("A connection needs a Source.", nameof(options));
        return definition.Compile(options);
    }

    private Workspace Take() => Interlocked.Exchange(ref _idle, null) ?? new Workspace(Options, _source);

    private void Return(Workspace workspace)
    {
        workspace.Forget();
        _idle = workspace.IsWorthKeeping ? workspace : null;
    }

    private void FinishNext(
        MappedEvent mapped,
        DateTimeOffset receivedAt,
        Workspace workspace,
        PayloadBuffer? payloads,
        Action? afterEach
    )
    {
        workspace.Results.Add(Finish(mapped.WithBoundedId(), receivedAt, workspace, payloads));
        mapped.Release();
        afterEach?.Invoke();
    }

    private EventResult Finish(
        MappedEvent mapped,
        DateTimeOffset receivedAt,
        Workspace workspace,
        PayloadBuffer? payloads
    )
    {
        if (mapped is not { Event: { } conversion, MatchKeys: { } clearKeys })
        {
            return NotSent(mapped, mapped.Outcome, mapped.Reason);
        }

        if (mapped.HasNameTooLong)
        {
            return NotSent(mapped, Outcome.Rejected, Reason.EventNameTooLong);
        }

        var keys = workspace.Hasher.Hash(clearKeys, receivedAt, conversion.EventTime, mapped.Warnings);
        var cleaned = _cleaner.Clean(conversion, workspace.LaterWarnings);
        var judged = _judge.Judge(cleaned, keys, receivedAt, mapped.Warnings);
        return judged.Event is { } sendable
            ? PriceAndWrite(mapped, sendable, workspace.Writer, payloads)
            : NotSent(mapped, judged.Outcome, judged.Reason);
    }

    private EventResult PriceAndWrite(
        MappedEvent mapped,
        in SendableEvent sendable,
        PayloadWriter writer,
        PayloadBuffer? payloads
    )
    {
        var targets = sendable.Event.Targets;
        var deliveries = new EventDelivery[targets.Count];
        var written = 0;
        List<string>? reasons = null;
        for (var index = 0; index < targets.Count; index++)
        {
            var priced = Pricing.Price(sendable, targets[index], _shape, mapped.Warnings);
            if (priced.Money.Reason is { } reason)
            {
                (reasons ??= []).Add(reason);
            }
            else
            {
                deliveries[written++] = writer.Write(priced, payloads);
            }
        }

        if (written == 0)
        {
            return NotSent(mapped, Outcome.Rejected, reasons?[0]);
        }

        // One of several targets can be impossible although the others are not. Its reason then is a warning.
        reasons?.ForEach(mapped.Warnings.Add);
        Array.Resize(ref deliveries, written);
        return new EventResult(Outcome.Accepted, Reason: null, mapped.Warnings.Codes, deliveries, mapped.EventId)
        {
            EventName = EventNames.Guarded(mapped.EventName),
            OrderId = OrderIdOf(mapped),
            Rows = mapped.Rows,
        };
    }

    private static EventResult NotSent(MappedEvent mapped, Outcome outcome, string? reason) =>
        new(outcome, reason, mapped.Warnings.Codes, [], mapped.EventId)
        {
            EventName = EventNames.Guarded(mapped.EventName),
            OrderId = OrderIdOf(mapped),
            Rows = mapped.Rows,
        };

    private static string? OrderIdOf(MappedEvent mapped) => mapped.Event?.OrderId.Text ?? mapped.OrderId;
}
