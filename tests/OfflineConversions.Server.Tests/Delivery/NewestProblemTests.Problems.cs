using System.Globalization;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>The problems that Meta and the network can cause.</summary>
public sealed partial class NewestProblemTests
{
    /// <summary>Every kind of halt.</summary>
    private static readonly Dictionary<string, string> Halts = new()
    {
        ["190"] = "token_invalid",
        ["102"] = "bad_signature",
        ["368"] = "blocked_for_policy",
        ["2500"] = "unknown_path",
        ["2635"] = "unsupported_version",
        ["10"] = "permission_denied",
        ["803"] = "unknown_dataset",
        ["refused"] = "too_many_refused",
    };

    /// <summary>Every kind of response that does not say whether a halt is over.</summary>
    private static readonly string[] Unexplained =
    [
        .. (string[])["1/99", "5000 under 500", "987654", "2", "100/2804009 transient", "none received"],
        .. (string[])["html 403", "html 413", "empty 404", "json 400", "hang up"],
    ];

    public static TheoryData<string, string, string, string> Pairs()
    {
        var pairs = new TheoryData<string, string, string, string>();
        foreach (var first in Halts.Keys)
        {
            foreach (var (second, reason) in Halts.Where(second => second.Key != first && second.Key != "refused"))
            {
                pairs.Add(first, second, "Halted", reason);
            }

            pairs.Add(first, "80004", "Throttled", "throttled_by_meta");
            foreach (var second in Unexplained)
            {
                pairs.Add(first, second, "Throttled", "meta_unreachable");
            }
        }

        return pairs;
    }

    private static Scripted Problem(string text) =>
        text switch
        {
            "down" => Scripted.Down(),
            "hang up" => Scripted.HangUp(),
            "refused" => Scripted.Error(100, 2804009),
            "100/2804009 transient" => Scripted.Error(100, 2804009, transient: true),
            "5000 under 500" => Scripted.Error(5000, status: 500),
            "none received" => Scripted.Taken(0),
            "html 403" => Scripted.Down(403),
            "html 413" => Scripted.Down(413),
            "empty 404" => new Scripted(404, string.Empty),
            "json 400" => new Scripted(400, """{"message":"no such route"}"""),
            _ when text.Split('/') is [var code, var subcode] => Scripted.Error(Number(code), Number(subcode)),
            _ => Scripted.Error(Number(text)),
        };

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
