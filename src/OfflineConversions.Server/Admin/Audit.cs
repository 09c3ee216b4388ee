using System.Diagnostics.Metrics;
using System.Net;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Metrics;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// Records what was done with the operator's key, and the attempts to do without it: a log line in a category of its
/// own, and a metric. Who is the address of the caller. Neither contains personal data of an event or a secret.
/// </summary>
internal sealed partial class Audit : IDisposable
{
    /// <summary>The category of its log lines.</summary>
    public const string Category = "OfflineConversions.Audit";

    private const string Done = "done";
    private const string Failed = "failed";

    private readonly ILogger _logger;
    private readonly ConnectionRegistry _connections;
    private readonly WrongKeyReport _wrongKeys;
    private readonly Dictionary<AuditSeries, long> _counts;
    private readonly Lock _gate = new();

    public Audit(IMeterFactory meters, ILoggerFactory loggers, ConnectionRegistry connections, TimeProvider time)
    {
        _logger = loggers.CreateLogger(Category);
        _connections = connections;
        _wrongKeys = new WrongKeyReport(time, (count, addresses, last) =>
            Log.WrongKeys(_logger, count, addresses, last)
        );
        _counts = AuditAction
            .All.SelectMany(action => new[] { new AuditSeries(action, Done), new(action, Failed) })
            .Concat([new(AuditAction.WrongKey, "refused"), new(AuditAction.WrongKey, "limited")])
            .ToDictionary(series => series, _ => 0L);
        new ServiceMeter(meters, "Audit").Counter(
            "offlineconversions.audit.events",
            "Actions of the operator and wrong keys, by result.",
            Read
        );
    }

    /// <summary>Records an action when it is done, also if its caller has given up by then.</summary>
    /// <param name="context">The request.</param>
    /// <param name="action">One of <see cref="AuditAction"/>.</param>
    /// <param name="connection">The connection that the action is about; null if it is about all.</param>
    /// <param name="work">The action, already started.</param>
    /// <param name="events">How many events the action affected.</param>
    /// <returns>The result of <paramref name="work"/>.</returns>
    public async Task<T> RecordAsync<T>(
        HttpContext context,
        string action,
        string? connection,
        Task<T> work,
        Func<T, long> events
    )
    {
        var caller = Text(context.Connection.RemoteIpAddress);
        try
        {
            var result = await work;
            Record(caller, action, connection, Done, events(result));
            return result;
        }
        catch
        {
            Record(caller, action, connection, Failed, events: 0);
            throw;
        }
    }

    /// <summary>Records an action that affects no events.</summary>
    /// <inheritdoc cref="RecordAsync{T}(HttpContext, string, string?, Task{T}, Func{T, long})"/>
    public Task RecordAsync(HttpContext context, string action, string? connection, Task work) =>
        RecordAsync(context, action, connection, AsResultAsync(work), _ => 0L);

    /// <summary>
    /// A sign-in to the console failed. Only counted: its log line is that of <see cref="WrongKey"/>, which a flood of
    /// guesses does not repeat.
    /// </summary>
    public void SignInFailed() => Count(new AuditSeries(AuditAction.SignIn, Failed));

    /// <summary>A request presented a wrong key, or any key while too many guesses were waiting.</summary>
    /// <param name="caller">The address.</param>
    /// <param name="isLimited">Whether the key was not even compared.</param>
    public void WrongKey(IPAddress? caller, bool isLimited)
    {
        Count(new AuditSeries(AuditAction.WrongKey, isLimited ? "limited" : "refused"));
        _wrongKeys.Add(Text(caller));
    }

    public void Dispose() => _wrongKeys.Dispose();

    private static async Task<bool> AsResultAsync(Task work)
    {
        await work;
        return true;
    }

    private void Record(string caller, string action, string? connection, string result, long events)
    {
        Count(new AuditSeries(action, result));
        var name = NameOf(connection);
        Log.Acted(_logger, caller, action, name, events, result);
    }

    /// <summary>A name that no connection has is the caller's own text, which may be anything.</summary>
    private string NameOf(string? connection) =>
        connection is null ? "(all)" : _connections.Find(connection)?.Name ?? "(not configured)";

    private void Count(AuditSeries series)
    {
        lock (_gate)
        {
            _counts[series]++;
        }
    }

    private Measurement<long>[] Read()
    {
        lock (_gate)
        {
            return
            [
                .. _counts.Select(entry => new Measurement<long>(
                    entry.Value,
                    new("action", entry.Key.Action),
                    new("result", entry.Key.Result)
                )),
            ];
        }
    }

    private static string Text(IPAddress? caller) =>
        caller is null ? "unknown" : (caller.IsIPv4MappedToIPv6 ? caller.MapToIPv4() : caller).ToString();

    private readonly record struct AuditSeries(string Action, string Result);

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 521,
            Level = LogLevel.Information,
            Message = "The operator at {Caller} requested {Action} for connection {Connection}, {Events} events: "
                + "{Result}"
        )]
        public static partial void Acted(
            ILogger logger,
            string caller,
            string action,
            string connection,
            long events,
            string result
        );

        [LoggerMessage(
            EventId = 522,
            Level = LogLevel.Warning,
            Message = "Refused {Count} requests with a wrong operator's key from {Addresses} addresses, the last from "
                + "{Caller}"
        )]
        public static partial void WrongKeys(ILogger logger, long count, int addresses, string caller);
    }
}

/// <summary>The actions that the audit trail records.</summary>
internal static class AuditAction
{
    public const string Pause = "pause";
    public const string Resume = "resume";
    public const string Replay = "replay";
    public const string Discard = "discard";
    public const string Redirect = "redirect";
    public const string Erase = "erase";
    public const string AcknowledgeRecovery = "acknowledge_recovery";
    public const string Test = "test";
    public const string SendSample = "send_sample";
    public const string Import = "import";
    public const string CancelImport = "cancel_import";
    public const string SignIn = "sign_in";
    public const string SignOut = "sign_out";

    /// <summary>Not an action: a request with a wrong key.</summary>
    public const string WrongKey = "wrong_key";

    /// <summary>The actions that are done or fail.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Pause,
        Resume,
        Replay,
        Discard,
        Redirect,
        Erase,
        AcknowledgeRecovery,
        Test,
        SendSample,
        Import,
        CancelImport,
        SignIn,
        SignOut,
    ];
}
