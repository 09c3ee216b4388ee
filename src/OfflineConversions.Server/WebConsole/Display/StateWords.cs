using OfflineConversions.Server.Admin;

namespace OfflineConversions.Server.WebConsole.Display;

/// <summary>The state of a connection in words.</summary>
internal static class StateWords
{
    /// <summary>In one or two words.</summary>
    public static string Name(ConnectionReport.Line line) =>
        line.State switch
        {
            "active" when line.HaltedDatasets.Count > 0 => "partly halted",
            "active" when line.Pending > 0 => "delivering",
            "active" => "ready",
            "throttled" => "waiting",
            ConnectionReport.Unconfigured => "not configured",
            var other => other,
        };

    /// <summary>The class of its tag.</summary>
    public static string Class(ConnectionReport.Line line) =>
        line.State switch
        {
            "active" when line.HaltedDatasets.Count == 0 => "good",
            "halted" => "bad",
            _ => "warn",
        };

    /// <summary>In a sentence.</summary>
    public static string Sentence(ConnectionReport.Line line) =>
        line.State switch
        {
            "active" when line.HaltedDatasets.Count > 0 =>
                "Meta refuses some of its datasets. Their events are kept until it accepts them.",
            "active" when line.Pending > 0 => "Events are on their way to Meta.",
            "active" when line.LastSuccess is null => "Nothing has been delivered yet.",
            "active" => "Nothing waits: everything that was accepted has been settled.",
            "paused" => "An operator paused it. Events are accepted and kept.",
            ConnectionReport.Unconfigured => "It is no longer in the configuration. Its events wait until it is again.",
            _ => line.Meaning ?? "It waits.",
        };
}
