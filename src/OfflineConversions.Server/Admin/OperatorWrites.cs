using System.Globalization;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// Waits for what an operator's request writes. The outbox never refuses such a write; while the disk fails, the write
/// waits, and the caller gets 503 after a while. A healthy outbox may take as long as it needs.
/// </summary>
internal sealed class OperatorWrites(IOutbox outbox, TimeProvider time)
{
    /// <summary>How long a caller waits for an outbox that cannot be written, and the <c>Retry-After</c>.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(10);

    /// <summary>The response of a write, or 503 while the write keeps waiting for the disk.</summary>
    /// <param name="context">The request. The write may outlive it and must not use it.</param>
    /// <param name="writing">The write, already started.</param>
    public async Task<IResult> RespondAsync(HttpContext context, Task<IResult> writing)
    {
        while (true)
        {
            try
            {
                return await writing.WaitAsync(Patience, time);
            }
            catch (TimeoutException) when (!writing.IsCompleted)
            {
                if (outbox.Health is { Ready: false } health)
                {
                    context.Response.Headers.RetryAfter = Patience.TotalSeconds.ToString(CultureInfo.InvariantCulture);
                    return Results.Problem(
                        $"The outbox cannot be written just now. {health.Problem} The request waits and may still be "
                            + "carried out once the outbox can be written again. Repeating it is harmless.",
                        statusCode: StatusCodes.Status503ServiceUnavailable
                    );
                }
            }
        }
    }
}
