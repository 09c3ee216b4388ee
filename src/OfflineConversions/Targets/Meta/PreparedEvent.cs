using OfflineConversions.Conversions;
using OfflineConversions.Hashing;

namespace OfflineConversions.Targets.Meta;

/// <summary>
/// A conversion event that passed the checks for one target: what a payload writer writes, no more and no less.
/// </summary>
/// <param name="Conversion">The event; its clear match keys are not read any more.</param>
/// <param name="Keys">Who it was, hashed.</param>
/// <param name="EventName">Its name at the target.</param>
/// <param name="ContentType">Its content type at the target.</param>
/// <param name="EventTime">When it happened.</param>
/// <param name="ActionSource">Where it happened, in a word Meta knows.</param>
/// <param name="Money">What it was worth, as far as Meta accepts it.</param>
internal sealed record PreparedEvent(
    ConversionEvent Conversion,
    HashedKeys Keys,
    string EventName,
    string? ContentType,
    DateTimeOffset EventTime,
    string ActionSource,
    Money Money
);
