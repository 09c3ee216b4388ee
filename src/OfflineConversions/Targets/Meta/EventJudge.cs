using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Privacy;

namespace OfflineConversions.Targets.Meta;

/// <summary>An event that Meta accepts, for all of its targets alike.</summary>
/// <param name="Event">The cleaned event.</param>
/// <param name="Keys">The hashed match keys.</param>
/// <param name="EventTime">When it happened; never later than its receipt.</param>
/// <param name="ActionSource">Where it happened, in a word that Meta accepts.</param>
/// <param name="ExpiresAt">When Meta stops accepting it.</param>
internal readonly record struct SendableEvent(
    ConversionEvent Event,
    HashedKeys Keys,
    DateTimeOffset EventTime,
    string ActionSource,
    DateTimeOffset ExpiresAt
);

/// <summary>Either an event that can be sent, or why it is not sent.</summary>
/// <param name="Event">The event, if it can be sent.</param>
/// <param name="Outcome">The outcome if it is not sent.</param>
/// <param name="Reason">The reason if it is not sent.</param>
internal readonly record struct Judgement(SendableEvent? Event, Outcome Outcome, string? Reason);

/// <summary>How old an event may be, by the connection's settings.</summary>
/// <param name="Default">The longest age. Source: Meta, "Using the API".</param>
/// <param name="PhysicalStore">
/// The same for action source <c>physical_store</c>. Source: Meta, "Offline Events".
/// </param>
internal readonly record struct AcceptanceWindows(TimeSpan Default, TimeSpan PhysicalStore)
{
    public TimeSpan For(string actionSource) => actionSource == ActionSource.PhysicalStore ? PhysicalStore : Default;
}

/// <summary>The action source of events without a valid one.</summary>
/// <param name="Value">The action source.</param>
/// <param name="IsSet">Whether the connection sets it; otherwise it is a guess.</param>
internal readonly record struct DefaultActionSource(string Value, bool IsSet);

/// <summary>
/// The second stage, <c>judge</c>: whether the event can be sent at all. Meta refuses a whole batch for one bad event
/// and does not say which, so the checks come before queuing.
/// </summary>
/// <param name="shape">The shape, which decides which match keys count.</param>
/// <param name="defaultActionSource">The action source of events without a valid one.</param>
/// <param name="windows">How old an event may be.</param>
/// <param name="minimumOfSource">
/// The source's own requirement for match keys: a reason to ignore the event, or <see langword="null"/>.
/// </param>
internal sealed class EventJudge(
    IMetaShape shape,
    DefaultActionSource defaultActionSource,
    AcceptanceWindows windows,
    Func<HashedKeys, string?> minimumOfSource
)
{
    /// <summary>Judges the event, and completes what an event that can be sent must have.</summary>
    public Judgement Judge(CleanedEvent cleaned, HashedKeys keys, DateTimeOffset receivedAt, Warnings warnings)
    {
        var actionSource = ActionSourceOf(cleaned.Event, warnings);
        var window = windows.For(actionSource);
        if (Reject(cleaned.Event, keys, window, receivedAt) is { } rejected)
        {
            return new Judgement(Event: null, Outcome.Rejected, rejected);
        }

        if (minimumOfSource(keys) is { } ignored)
        {
            return new Judgement(Event: null, Outcome.Ignored, ignored);
        }

        var time = EventTimeOf(cleaned.Event, receivedAt, warnings);
        NoteWhatMayBeWrong(cleaned.Event, keys, actionSource, warnings);
        warnings.AddRange(cleaned.Warnings);
        var sendable = new SendableEvent(cleaned.Event, keys, time, actionSource, EndOf(window, time));
        return new Judgement(sendable, Outcome.Accepted, Reason: null);
    }

    private string? Reject(ConversionEvent conversion, HashedKeys keys, TimeSpan window, DateTimeOffset receivedAt)
    {
        for (var index = 0; index < conversion.Targets.Count; index++)
        {
            if (EmailFinder.FindsIn(conversion.Targets[index].EventName))
            {
                return Reason.PersonalDataInEventName;
            }
        }

        if (conversion.HasInvalidDataProcessing)
        {
            return Reason.InvalidDataProcessingOptions;
        }

        if (!CustomerInformation.IsSufficient(keys, shape))
        {
            return Reason.InsufficientCustomerInformation;
        }

        return conversion.EventTime is { } time && receivedAt - time > window ? Reason.TooOld : null;
    }

    private string ActionSourceOf(ConversionEvent conversion, Warnings warnings)
    {
        if (conversion.ActionSource is { } given)
        {
            if (
                ActionSource.Known.Contains(given)
                && (given != ActionSource.BusinessMessaging || Messaging.Allows(conversion))
            )
            {
                return given;
            }

            warnings.Add(Warning.UnknownActionSource);
        }

        return defaultActionSource.Value;
    }

    // The event is sent as the connection says; these are what its operator should look at.
    private void NoteWhatMayBeWrong(ConversionEvent conversion, HashedKeys keys, string actionSource, Warnings warnings)
    {
        var isOfBrowser =
            conversion.HasDevice || !conversion.EventSourceUrl.IsAbsent || keys.Has(MatchKey.ClientUserAgent);
        if (isOfBrowser && !defaultActionSource.IsSet && actionSource != conversion.ActionSource)
        {
            warnings.Add(Warning.LooksLikeWeb);
        }

        if (actionSource == ActionSource.Website && !keys.Has(MatchKey.ClientUserAgent))
        {
            warnings.Add(Warning.MissingUserAgent);
        }

        if (conversion.HasAssumedCurrency)
        {
            warnings.Add(Warning.AssumedCurrency);
        }
    }

    // Meta refuses an event of the future. The clock of the sender is fast.
    private static DateTimeOffset EventTimeOf(ConversionEvent conversion, DateTimeOffset receivedAt, Warnings warnings)
    {
        if (conversion.EventTime is not { } time)
        {
            return receivedAt;
        }

        if (time.ToUnixTimeSeconds() <= receivedAt.ToUnixTimeSeconds())
        {
            return time;
        }

        warnings.Add(Warning.ClockSkew);
        return receivedAt;
    }

    private static DateTimeOffset EndOf(TimeSpan window, DateTimeOffset eventTime) =>
        window < DateTimeOffset.MaxValue - eventTime ? eventTime + window : DateTimeOffset.MaxValue;
}
