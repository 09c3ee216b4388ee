using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Privacy;

namespace OfflineConversions.Targets.Meta;

/// <summary>
/// What makes an event sendable, checked before it is queued: Meta refuses a whole batch for one bad event, and does
/// not say which. The checks are the rows of one table in docs/sources; those that only change an event leave a
/// warning.
/// </summary>
internal sealed class Sendability(MappingOptions options)
{
    /// <summary>
    /// Checks that hold for every target: a name for all to see, enough about the person, and recent enough. Gives the
    /// reason against, or <see langword="null"/>.
    /// </summary>
    public string? Judge(ConversionEvent conversion, HashedKeys keys, string actionSource, DateTimeOffset receivedAt)
    {
        if (conversion.Targets.Exists(target => PersonalDataGuard.HoldsEmail(target.EventName)))
        {
            return Reason.PersonalDataInEventName;
        }

        if (!CustomerInformation.IsSufficient(keys, options.Api.Shape()))
        {
            return Reason.InsufficientCustomerInformation;
        }

        var window = Window(actionSource);
        return conversion.EventTime is { } time && receivedAt - time > window ? Reason.TooOld : null;
    }

    /// <summary>Until when Meta takes an event of this time.</summary>
    public DateTimeOffset ExpiresAt(DateTimeOffset eventTime, string actionSource)
    {
        var window = Window(actionSource);
        return window < DateTimeOffset.MaxValue - eventTime ? eventTime + window : DateTimeOffset.MaxValue;
    }

    /// <summary>The action source, in a word Meta knows.</summary>
    public string ActionSourceOf(ConversionEvent conversion, Warnings warnings)
    {
        if (conversion.ActionSource is not { } given)
        {
            return options.ActionSource;
        }

        if (ActionSource.Known.Contains(given))
        {
            return given;
        }

        warnings.Add(Warning.UnknownActionSource);
        return options.ActionSource;
    }

    /// <summary>The event's time; Meta refuses one in the future, which is a clock that runs fast.</summary>
    public static DateTimeOffset EventTimeOf(ConversionEvent conversion, DateTimeOffset receivedAt, Warnings warnings)
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

    /// <summary>Leaves out products without an id: Meta refuses the event for one.</summary>
    public static void DropContentsWithoutId(ConversionEvent conversion, Warnings warnings)
    {
        if (conversion.Contents.RemoveAll(content => content.Id is null) > 0)
        {
            warnings.Add(Warning.ContentWithoutId);
        }
    }

    private TimeSpan Window(string actionSource) =>
        actionSource == ActionSource.PhysicalStore ? options.PhysicalStoreAcceptanceWindow : options.AcceptanceWindow;
}
