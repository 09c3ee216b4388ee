namespace OfflineConversions.Server.Tests;

/// <summary>Waits for what another thread or process is about to do; a minute at most.</summary>
internal static class Wait
{
    public static async Task UntilAsync(Func<bool> isTrue)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!isTrue())
        {
            await Task.Delay(1, patience.Token);
        }
    }

    public static async Task UntilAsync(Func<Task<bool>> isTrue)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await isTrue())
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
