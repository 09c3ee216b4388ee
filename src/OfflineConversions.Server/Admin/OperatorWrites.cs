using System.Globalization;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// The outbox refuses nothing that an operator asks for: while the disk is in trouble it waits. Whoever asked is told
/// after a while rather than kept waiting with it. A healthy outbox is waited for however much there is to do.
/// </summary>
internal sealed class OperatorWrites(IOutbox outbox, TimeProvider time)
{
    /// <summary>How long a caller waits for an outbox that cannot be written, and when to come back.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(10);

    /// <summary>The answer of the writing, or 503 while that goes on waiting.</summary>
    /// <param name="context">The request. The writing must not look at it: it may outlive it.</param>
    /// <param name="writing">What was begun.</param>
    public async Task<IResult> AnswerAsync(HttpContext context, Task<IResult> writing)
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
                        $"The outbox cannot be written just now. {health.Problem} What was asked for waits, "
                            + "and may still be done once the outbox can be written again; asking again is "
                            + "harmless.",
                        statusCode: StatusCodes.Status503ServiceUnavailable
                    );
                }
            }
        }
    }
}
