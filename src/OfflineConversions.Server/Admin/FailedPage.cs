using System.Globalization;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// Names the parameters of <c>GET /api/failed</c> that cannot be read and what they must be, without quoting them. The
/// framework's own response names none. Parses as the framework does.
/// </summary>
internal static class FailedPage
{
    private const string Time = "must be a time; write for example 2026-03-01T12:00:00Z";
    private const string Whole = "must be a whole number";

    private static readonly (string Name, Func<string?, bool> IsReadable, string Must)[] Parameters =
    [
        ("since", IsTime, Time),
        ("until", IsTime, Time),
        ("from", IsTime, Time),
        ("to", IsTime, Time),
        ("cursor", text => text is "" || IsWhole(text), "must be empty, or the next of a page"),
        ("before", IsWhole, $"{Whole}, the id of an event of the list"),
        (
            "limit",
            text => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _),
            $"{Whole}, 1 to {FailedList.MostListed}"
        ),
    ];

    public static ValueTask<object?> CheckAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var query = context.HttpContext.Request.Query;
        var wrong = Parameters
            .Where(parameter =>
                query.TryGetValue(parameter.Name, out var given) && !parameter.IsReadable(given.ToString())
            )
            .ToDictionary(parameter => parameter.Name, parameter => new[] { parameter.Must }, StringComparer.Ordinal);
        return wrong.Count > 0 ? ValueTask.FromResult<object?>(Results.ValidationProblem(wrong)) : next(context);
    }

    private static bool IsWhole(string? text) =>
        long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _);

    private static bool IsTime(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out _);
}
