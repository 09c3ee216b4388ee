using System.Diagnostics;
using OfflineConversions.Server.Targets.Meta;
using OfflineConversions.Server.Tracing;

namespace OfflineConversions.Server.Delivery;

/// <summary>
/// Reports one batch when its shipment ends: one log line, and a span that continues the traces of the posts that its
/// events came in.
/// </summary>
internal sealed partial class BatchReport : IDisposable
{
    /// <summary>
    /// The event id of a batch of which nothing was accepted. No warning, because what it means for the connection is
    /// one already; but it repeats as long as the trouble lasts, so it is sampled like one.
    /// </summary>
    public const int NothingAccepted = 310;

    private readonly Batch _batch;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _began;
    private readonly Activity? _span;
    private int _requests;
    private string _result = "none";

    public BatchReport(Batch batch, TimeProvider time, ILogger logger)
    {
        (_batch, _time, _logger) = (batch, time, logger);
        _began = time.GetTimestamp();
        _span = ServiceSpans.Continue("deliver", ActivityKind.Consumer, () => batch.Traces);
    }

    /// <summary>Notes a request and its response; an open circuit makes none.</summary>
    public void Requested(GraphResponse response)
    {
        if (response.Transport == Transport.CircuitOpen)
        {
            return;
        }

        _requests++;
        _result = GraphMetrics.Result(response);
    }

    public void Dispose()
    {
        var counts = _batch.Count();
        Write(counts);
        if (_span is { IsAllDataRequested: true })
        {
            _span
                .Tag("connection", _batch.Destination.Connection)
                .Tag("dataset", _batch.Destination.DatasetId)
                .Tag("requests", _requests)
                .Tag("events.delivered", counts.Delivered)
                .Tag("events.kept", counts.Kept)
                .Tag("events.failed", counts.Failed);
            _span.SetStatus(counts is { Kept: 0, Failed: 0 } ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
        }

        _span?.Dispose();
    }

    private void Write(BatchCounts counts)
    {
        var (connection, _, dataset, _) = _batch.Destination;
        if (counts.Delivered + counts.Failed > 0)
        {
            var milliseconds = (long)_time.GetElapsedTime(_began).TotalMilliseconds;
            Log.Shipped(
                _logger,
                counts.Delivered,
                connection,
                dataset,
                _requests,
                milliseconds,
                counts.Kept,
                counts.Failed
            );
        }
        else if (_requests > 0)
        {
            Log.NotShipped(_logger, _batch.Whole.Count, connection, dataset, _result);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 309,
            Level = LogLevel.Information,
            Message = "Delivered {Delivered} events of connection {Connection} to dataset {Dataset} with {Requests} "
                + "requests in {Milliseconds} ms; {Kept} wait for another attempt, {Failed} moved to the failed list"
        )]
        public static partial void Shipped(
            ILogger logger,
            int delivered,
            string connection,
            string dataset,
            int requests,
            long milliseconds,
            int kept,
            int failed
        );

        [LoggerMessage(
            EventId = NothingAccepted,
            Level = LogLevel.Information,
            Message = "Meta accepted none of {Events} events of connection {Connection} at dataset {Dataset} "
                + "({Result}); they wait for another attempt"
        )]
        public static partial void NotShipped(
            ILogger logger,
            int events,
            string connection,
            string dataset,
            string result
        );
    }
}
