using Microsoft.AspNetCore.Mvc.RazorPages;
using OfflineConversions.Server.Quality;

namespace OfflineConversions.Server.WebConsole.Pages;

/// <summary>How well Meta can match the events, and what to improve.</summary>
internal sealed class QualityModel(QualityReport report, TimeProvider time) : PageModel
{
    private static readonly TimeSpan Shown = TimeSpan.FromDays(7);

    /// <summary>A page does not wait for Meta. Scores that come later are there when it is opened again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>The connections with events, or with scores of Meta's; those with the most events first.</summary>
    public IReadOnlyList<ConnectionQuality> Items { get; private set; } = [];

    /// <summary>The other connections.</summary>
    public IReadOnlyList<ConnectionQuality> Quiet { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var all = await report.OfAsync(now - Shown, now, name: null, Patience, cancellationToken);
        Items = [.. all.Where(one => one.Events > 0 || HasScores(one)).OrderByDescending(one => one.Events)];
        Quiet = [.. all.Except(Items)];
    }

    private static bool HasScores(ConnectionQuality one) =>
        one.Meta?.Datasets.Any(dataset => dataset.Events.Count > 0) == true;
}
