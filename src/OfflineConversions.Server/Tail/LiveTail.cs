using System.Threading.Channels;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Tail;

/// <summary>
/// Passes outcomes and responses of this process to those who are watching. Without watchers it costs a look at one
/// field. A reader that is too slow is dropped: nothing waits for it.
/// </summary>
internal sealed class LiveTail
{
    /// <summary>The most readers at a time.</summary>
    public const int MostReaders = 16;

    /// <summary>How many messages a reader may be behind.</summary>
    public const int MostBehind = 1000;

    private readonly Lock _gate = new();
    private volatile TailReader[] _readers = [];

    /// <summary>Whether anyone is watching.</summary>
    public bool IsWatched => _readers.Length > 0;

    /// <summary>Begins to watch; <see langword="null"/> if too many do.</summary>
    public TailReader? Watch(string? connection, Outcome? outcome)
    {
        lock (_gate)
        {
            if (_readers.Length >= MostReaders)
            {
                return null;
            }

            var reader = new TailReader(connection, outcome, Remove);
            _readers = [.. _readers, reader];
            return reader;
        }
    }

    /// <summary>Passes the outcome of an event on.</summary>
    public void Publish(TailOutcome outcome)
    {
        foreach (var reader in _readers)
        {
            reader.Offer(outcome);
        }
    }

    /// <summary>Passes Meta's response to a request on.</summary>
    public void Publish(TailDelivery delivery)
    {
        foreach (var reader in _readers)
        {
            reader.Offer(delivery);
        }
    }

    private void Remove(TailReader reader)
    {
        lock (_gate)
        {
            _readers = [.. _readers.Where(one => one != reader)];
        }
    }
}

/// <summary>One who is watching.</summary>
/// <param name="connection">The only connection of interest.</param>
/// <param name="outcome">The only outcome of interest; then no responses are of interest.</param>
/// <param name="ended">Removes the reader.</param>
internal sealed class TailReader(string? connection, Outcome? outcome, Action<TailReader> ended) : IDisposable
{
    private readonly Channel<TailMessage> _messages = Channel.CreateBounded<TailMessage>(LiveTail.MostBehind);

    /// <summary>The messages. They end when the reader was too slow.</summary>
    public ChannelReader<TailMessage> Messages => _messages.Reader;

    public void Offer(TailOutcome message)
    {
        if (IsOf(message.Event.Connection) && (outcome is null || message.Event.Outcome == outcome))
        {
            Write(message);
        }
    }

    public void Offer(TailDelivery message)
    {
        if (IsOf(message.Connection) && outcome is null)
        {
            Write(message);
        }
    }

    public void Dispose() => ended(this);

    private bool IsOf(string name) => connection is null || connection == name;

    private void Write(TailMessage message)
    {
        if (!_messages.Writer.TryWrite(message))
        {
            _messages.Writer.TryComplete();
            ended(this);
        }
    }
}

/// <summary>What the tail passes on.</summary>
internal abstract record TailMessage;

/// <summary>The outcome of an event.</summary>
/// <param name="At">When it was received.</param>
/// <param name="EventId">Its id, unless it looks like personal data.</param>
/// <param name="Event">What arrived, and its outcome.</param>
internal sealed record TailOutcome(DateTimeOffset At, string? EventId, JournalKind Event) : TailMessage;

/// <summary>Meta's response to a request.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="DatasetId">The dataset.</param>
/// <param name="Events">How many events it was about.</param>
/// <param name="State">The state that they are in after it.</param>
/// <param name="Answer">What Meta said.</param>
internal sealed record TailDelivery(
    string Connection,
    string DatasetId,
    int Events,
    DeliveryState State,
    MetaAnswer? Answer
) : TailMessage;
