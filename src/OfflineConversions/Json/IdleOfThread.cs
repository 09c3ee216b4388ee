namespace OfflineConversions.Json;

/// <summary>
/// An object that a thread has finished with and keeps for its next use. No other thread gets it, so two users never
/// share one.
/// </summary>
internal static class IdleOfThread<T>
    where T : class, new()
{
    [ThreadStatic]
    private static T? _idle;

    /// <summary>The one that this thread kept last, or a new one.</summary>
    public static T Take()
    {
        var taken = _idle ?? new T();
        _idle = null;
        return taken;
    }

    /// <summary>Keeps an object. Its user must not use it any more, nor keep it twice.</summary>
    public static void Keep(T used) => _idle = used;
}
