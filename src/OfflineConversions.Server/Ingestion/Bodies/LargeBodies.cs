using System.Text.Json;
using OfflineConversions.Json;

namespace OfflineConversions.Server.Ingestion.Bodies;

/// <summary>
/// Where large bodies are unpacked, parsed and mapped: on a few threads of their own, half as many as there are cores.
/// So small bodies find a free core, and the pooled arrays that a thread keeps after a large body are kept by these few
/// and not by every thread of the pool.
/// </summary>
internal sealed class LargeBodies : IDisposable
{
    /// <summary>
    /// From here on a body is large. Honest batches rarely are: the vendors' clients send at most 500 KB, mostly far
    /// less.
    /// </summary>
    public const int Bytes = 256 * 1024;

    // Like the operator's, no connection's name.
    private const string Stranger = "\0";

    // Honest events come to 7 bytes a token and more. The index of a document takes 12 bytes a token, so it stays below
    // twice the largest body.
    private const int BytesPerToken = 6;

    // A tenth of a millisecond or so.
    private const int TokensAtOnce = 8 * 1024;

    private readonly TimeProvider _time;
    private readonly Turns _waiting = new();

    public LargeBodies(TimeProvider time)
    {
        _time = time;
        for (var i = 0; i < Math.Max(1, Environment.ProcessorCount / 2); i++)
        {
            new Thread(Work) { IsBackground = true, Name = "large bodies" }.Start();
        }
    }

    /// <summary>How many names, values and brackets a body may hold.</summary>
    /// <param name="maxBodyBytes">The largest body.</param>
    public static int MostTokens(int maxBodyBytes) => maxBodyBytes / BytesPerToken;

    /// <summary>
    /// Whether a body holds more names, values and brackets than that. It takes a fraction of what parsing takes, and
    /// no memory.
    /// </summary>
    /// <exception cref="JsonException">It is no JSON up to there.</exception>
    public static bool HoldsMore(ReadOnlySpan<byte> json, int mostTokens, TimeSlice? slice)
    {
        var reader = new Utf8JsonReader(json, JsonLimits.Reader);
        for (var tokens = 0; reader.Read(); tokens++)
        {
            if (tokens % TokensAtOnce == 0)
            {
                slice?.YieldIfOver();
            }

            if (tokens == mostTokens)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Does the work when its turn comes. What it reads must stay until the task is over, even where the caller has
    /// gone.
    /// </summary>
    /// <param name="caller">
    /// The connection whose key was shown, or <see cref="BodyReader.Operator"/>; <see langword="null"/> for a stranger.
    /// They take turns.
    /// </param>
    /// <param name="work">What is done. It receives the time slice of its body.</param>
    /// <param name="gone">Whether it is still worth it.</param>
    /// <exception cref="OperationCanceledException">The caller had gone before its turn.</exception>
    public Task<T> RunAsync<T>(string? caller, Func<TimeSlice, T> work, CancellationToken gone)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add(caller ?? Stranger, () => Do(work, done, gone));
        return done.Task;
    }

    public void Dispose() => _waiting.End();

    private void Do<T>(Func<TimeSlice, T> work, TaskCompletionSource<T> done, CancellationToken gone)
    {
        if (gone.IsCancellationRequested)
        {
            done.SetCanceled(gone);
            return;
        }

        try
        {
            done.SetResult(work(new TimeSlice(_time)));
        }
        catch (Exception bug)
        {
            done.SetException(bug); // the request's to answer: this thread goes on
        }
    }

    private void Work()
    {
        while (_waiting.TryTake(out var work))
        {
            work();
        }
    }
}
