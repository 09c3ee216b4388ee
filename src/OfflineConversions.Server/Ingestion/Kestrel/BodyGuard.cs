using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace OfflineConversions.Server.Ingestion.Kestrel;

/// <summary>
/// Turns every failure to read a body into a <see cref="BadHttpRequestException"/>, on every route. What arrives over
/// the wire is the caller's, so no way in which Kestrel fails to read it may become a 500 or an error in the log. For
/// example, Kestrel throws an <see cref="IOException"/> for a chunk size of <c>80000000</c>.
/// </summary>
internal sealed partial class BodyGuard(ILogger<BodyGuard> logger) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(
                (context, following) =>
                {
                    Guard(context);
                    return following(context);
                }
            );
            next(app);
        };

    private void Guard(HttpContext context)
    {
        if (context.Features.Get<IRequestBodyPipeFeature>() is { } body)
        {
            var reader = new Reader(body.Reader, logger);
            context.Request.Body = reader.AsStream();
            context.Features.Set<IRequestBodyPipeFeature>(new Guarded(context, reader));
        }
    }

    /// <summary>The reader of the body, also if an endpoint replaces the body with another stream.</summary>
    private sealed class Guarded(HttpContext context, PipeReader reader) : IRequestBodyPipeFeature
    {
        private Stream _body = context.Request.Body;
        private PipeReader _reader = reader;

        public PipeReader Reader
        {
            get
            {
                if (!ReferenceEquals(_body, context.Request.Body))
                {
                    _body = context.Request.Body;
                    _reader = PipeReader.Create(_body);
                }

                return _reader;
            }
        }
    }

    private sealed class Reader(PipeReader body, ILogger logger) : PipeReader
    {
        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                return await body.ReadAsync(cancellationToken);
            }
            catch (Exception failure) when (IsUnexpected(failure))
            {
                throw Broken(failure);
            }
        }

        public override bool TryRead(out ReadResult result)
        {
            try
            {
                return body.TryRead(out result);
            }
            catch (Exception failure) when (IsUnexpected(failure))
            {
                throw Broken(failure);
            }
        }

        public override void AdvanceTo(SequencePosition consumed) => body.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
            body.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => body.CancelPendingRead();

        public override void Complete(Exception? exception = null) => body.Complete(exception);

        private static bool IsUnexpected(Exception failure) =>
            failure is not (BadHttpRequestException or OperationCanceledException);

        private BadHttpRequestException Broken(Exception failure)
        {
            Log.Unreadable(logger, failure);
            return new BadHttpRequestException(Refusal.Broken.Message, StatusCodes.Status400BadRequest, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(202, LogLevel.Debug, "A body could not be read")]
        public static partial void Unreadable(ILogger logger, Exception failure);
    }
}
