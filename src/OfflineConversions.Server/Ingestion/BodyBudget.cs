namespace OfflineConversions.Server.Ingestion;

/// <summary>The bytes that all bodies in flight may hold together. Only what was really rented counts: what a header promises costs nothing.</summary>
public sealed class BodyBudget(long mostBytes)
{
    private long _taken;

    /// <summary>What the bodies in flight hold now.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Takes the bytes; false, and nothing taken, where they are not left.</summary>
    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= mostBytes)
        {
            return true;
        }

        Return(bytes);
        return false;
    }

    /// <summary>Gives them back.</summary>
    public void Return(int bytes) => Interlocked.Add(ref _taken, -bytes);
}
