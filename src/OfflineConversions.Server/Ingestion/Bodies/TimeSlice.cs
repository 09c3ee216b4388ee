namespace OfflineConversions.Server.Ingestion.Bodies;

/// <summary>
/// The processor time that one large body may use before other threads get the core. Every step of long work receives
/// it as an argument and calls <see cref="YieldIfOver"/> between two pieces of that work; small bodies pass none.
/// </summary>
/// <remarks>
/// Where the kernel's clock ticks 250 times a second, a thread that only computes keeps its core for one or two ticks,
/// and a post that arrives meanwhile waits that long. A shorter slice would starve large bodies on a busy machine,
/// because a thread that yields loses the rest of its turn.
/// </remarks>
internal sealed class TimeSlice(TimeProvider time)
{
    /// <summary>The length of a slice. The measurements behind it are in docs/performance.md.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMilliseconds(0.25);

    private long _began = time.GetTimestamp();

    /// <summary>How many times the body has yielded.</summary>
    public int Yields { get; private set; }

    /// <summary>Yields the core and begins the next slice if this one is over.</summary>
    public void YieldIfOver()
    {
        if (time.GetElapsedTime(_began) >= Length)
        {
            Yields++;
            Thread.Yield();
            _began = time.GetTimestamp();
        }
    }
}
