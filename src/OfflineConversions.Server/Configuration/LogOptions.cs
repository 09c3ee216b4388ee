namespace OfflineConversions.Server.Configuration;

/// <summary>How log lines are written to the console.</summary>
internal sealed class LogOptions
{
    /// <summary>
    /// The format of a line. Default: <see cref="LogFormat.Text"/> in Development, <see cref="LogFormat.Json"/>
    /// elsewhere.
    /// </summary>
    public LogFormat? Format { get; set; }
}

/// <summary>The format of a log line.</summary>
internal enum LogFormat
{
    /// <summary>One line of text, for people.</summary>
    Text,

    /// <summary>One JSON object per line, for log collectors. Source: Serilog, "Compact Log Event Format".</summary>
    Json,
}
