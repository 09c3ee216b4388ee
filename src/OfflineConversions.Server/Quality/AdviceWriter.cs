using System.Globalization;
using OfflineConversions.Server.Reasons;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Quality;

/// <summary>
/// Says what to improve, in the order in which Meta weighs match keys. It says nothing about what is good. Source:
/// Meta, "Best Practices: Conversions API" and "Omnichannel Ads: Offline data quality".
/// </summary>
internal static class AdviceWriter
{
    /// <summary>Below this share of the events, a key is worth advice.</summary>
    public const double LowCoverage = 0.7;

    /// <summary>From this share of the events on, bad values of a key are worth advice.</summary>
    public const double ManyBadValues = 0.01;

    private const double Hour = 3600;
    private const double Day = 24 * Hour;

    private static readonly KeyAdvice[] Web =
    [
        new("em", "an e-mail address", "It is one of the keys that Meta weighs most."),
        new("ph", "a phone number", "It is one of the keys that Meta weighs most. Send it with its country code."),
        new("client_ip_address", "the visitor's IP address", "Pass on that of the browser, not that of your server."),
        new("client_user_agent", "the browser's user agent", "Meta requires it for website events."),
        new("fbp", "the browser id", "Pass on the `_fbp` cookie, which Meta's pixel sets."),
        new(
            "fbc",
            "the click id",
            "Pass on the `_fbc` cookie, or the page's address with `fbclid`. Only visits from ads have one."
        )
        {
            OnlyFromAds = true,
        },
        new("fn", "a first name", "It helps where e-mail address and phone number do not match."),
        new("ln", "a last name", "It helps where e-mail address and phone number do not match."),
        new("external_id", "your own id of the person", "Use the same one in Meta's pixel."),
    ];

    private static readonly KeyAdvice[] Offline =
    [
        new(
            "em",
            "an e-mail address",
            "Meta scores offline events by it. Ask for it at the till, for example for the receipt."
        ),
        new("ph", "a phone number", "Meta scores offline events by it. Send it with its country code."),
        new("madid", "an advertising id", "Meta scores offline events by it.") { OnlyInApps = true },
        new("fn", "a first name", "It helps where e-mail address and phone number do not match."),
        new("ln", "a last name", "It helps where e-mail address and phone number do not match."),
        new(
            "external_id",
            "your own id of the person",
            "Use the same one on all channels, for example the loyalty card's."
        ),
    ];

    /// <summary>What to improve, the most important first.</summary>
    public static IReadOnlyList<Advice> Write(QualityFigures figures)
    {
        if (figures.Events == 0)
        {
            return [];
        }

        var keys = figures.IsWeb ? Web : Offline;
        var others = MatchKeyNames.All.Select(MatchKeyNames.NameOf).Except(keys.Select(key => key.Key));
        return
        [
            .. keys.SelectMany(key => OfCoverage(key, figures).Concat(OfBadValues(key.Key, figures))),
            .. others.SelectMany(key => OfBadValues(key, figures)),
            .. OfAge(figures),
        ];
    }

    private static IEnumerable<Advice> OfCoverage(KeyAdvice key, QualityFigures figures)
    {
        var share = figures.ShareOf(key.Key);
        return share >= LowCoverage || key.OnlyInApps || (share > 0 && key.OnlyFromAds)
            ? []
            : [new Advice(key.Key, $"{HowMany(share)} {key.What} (`user_data.{key.Key}`). {key.Why}")];
    }

    private static IEnumerable<Advice> OfBadValues(string key, QualityFigures figures) =>
        BadValues
            .Of(key)
            .Select(warning => new BadValueCount(warning, figures.BadValues.GetValueOrDefault(warning)))
            .Where(bad => bad.Count > 0 && bad.Count >= ManyBadValues * figures.Events)
            .Select(bad => new Advice(
                key,
                string.Create(CultureInfo.InvariantCulture, $"`user_data.{key}`: {bad.Count} times `{bad.Warning}`. ")
                    + ReasonCatalogue.Find(bad.Warning, ReasonKind.Warning)?.Remedy
            ));

    private static IEnumerable<Advice> OfAge(QualityFigures figures)
    {
        var late = figures.IsWeb ? Hour : Day;
        return figures.Ages.P95 is { } age && age > late
            ?
            [
                new Advice(
                    "event_time",
                    $"5 % of the events arrive more than {(figures.IsWeb ? "an hour" : "a day")} after they happened. "
                        + (
                            figures.IsWeb
                                ? "Send them as they happen: later ones help Meta's optimisation less."
                                : "Send them at least once a day, better every hour."
                        )
                ),
            ]
            : [];
    }

    private static string HowMany(double share) =>
        share == 0
            ? "No event has"
            : string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} % of the events have");

    private readonly record struct BadValueCount(string Warning, long Count);

    /// <param name="Key">The key's name at Meta.</param>
    /// <param name="What">What it is.</param>
    /// <param name="Why">Why it helps, or how to get it.</param>
    private sealed record KeyAdvice(string Key, string What, string Why)
    {
        /// <summary>Whether only apps have it: that a shop has none is no fault.</summary>
        public bool OnlyInApps { get; init; }

        /// <summary>Whether only visits from ads have it: some are enough.</summary>
        public bool OnlyFromAds { get; init; }
    }
}
