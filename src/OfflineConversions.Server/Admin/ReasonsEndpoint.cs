using OfflineConversions.Server.Reasons;

namespace OfflineConversions.Server.Admin;

/// <summary><c>GET /api/reasons</c>: what each code means, and what to do about it.</summary>
internal static class ReasonsEndpoint
{
    public static void MapReasons(this IEndpointRouteBuilder api) =>
        api.MapGet("/reasons", () => new ListPage<ReasonEntry>(ReasonCatalogue.All, Next: null))
            .WithMetadata(
                new ExampleRoute(
                    """
                    {"items":[{"code":"missing_currency","kind":"rejected","meaning":"A purchase without a currency.",
                      "cause":"The shop has one currency and does not send it.",
                      "remedy":"Send the currency, or set `DefaultCurrency`."}],"next":null}
                    """
                )
            )
            .WithSummary("What each reason and warning code means, its usual cause, and what to do about it.")
            .WithDescription(
                "A code with several meanings has an entry for each `kind`. The list is the same in every process of "
                    + "one version."
            );
}
