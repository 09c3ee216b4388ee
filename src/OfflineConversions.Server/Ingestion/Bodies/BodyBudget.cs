namespace OfflineConversions.Server.Ingestion.Bodies;

/// <summary>
/// The bytes that bodies in flight may hold together. A body is charged for the buffers it has rented, never for the
/// length that a header announces.
/// </summary>
/// <param name="limitBytes">The most bytes that may be in use.</param>
/// <param name="parent">The budget of which this one is a share. It is charged for the same bytes.</param>
internal sealed class BodyBudget(long limitBytes, BodyBudget? parent = null)
{
    private long _used;

    /// <summary>The most bytes that may be in use.</summary>
    public long LimitBytes => limitBytes;

    /// <summary>The bytes in use now.</summary>
    public long UsedBytes => Interlocked.Read(ref _used);

    /// <summary>Takes the bytes from this budget and its parent, or takes nothing and returns false.</summary>
    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limitBytes && parent?.TryTake(bytes) != false)
        {
            return true;
        }

        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    /// <summary>Gives bytes back that <see cref="TryTake"/> took.</summary>
    public void Return(int bytes)
    {
        Interlocked.Add(ref _used, -bytes);
        parent?.Return(bytes);
    }
}
