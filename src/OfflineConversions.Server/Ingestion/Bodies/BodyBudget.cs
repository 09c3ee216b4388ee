namespace OfflineConversions.Server.Ingestion.Bodies;

/// <summary>
/// The bytes that bodies in flight may hold together. Only what was really rented counts: what a header promises costs
/// nothing.
/// </summary>
/// <param name="mostBytes">How many.</param>
/// <param name="whole">The budget of which this one is a share, and which is drawn on as well.</param>
internal sealed class BodyBudget(long mostBytes, BodyBudget? whole = null)
{
    private long _taken;

    /// <summary>How many they may hold.</summary>
    public long Most => mostBytes;

    /// <summary>What the bodies in flight hold now.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Takes the bytes; false, and nothing taken, where they are not left.</summary>
    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= mostBytes && whole?.TryTake(bytes) != false)
        {
            return true;
        }

        Interlocked.Add(ref _taken, -bytes);
        return false;
    }

    /// <summary>Gives them back.</summary>
    public void Return(int bytes)
    {
        Interlocked.Add(ref _taken, -bytes);
        whole?.Return(bytes);
    }
}
