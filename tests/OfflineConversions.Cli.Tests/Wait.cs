namespace OfflineConversions.Cli.Tests;

/// <summary>Waits, at most a minute, for something that another process does.</summary>
internal static class Wait
{
    public static async Task UntilAsync(Func<Task<bool>> isTrue)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await isTrue())
        {
            await Task.Delay(20, timeout.Token);
        }
    }
}
