using System.Text;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>The content of the files of a folder, even if they are open.</summary>
internal static class Files
{
    public static IReadOnlyList<string> Of(string folder) =>
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories);

    public static byte[] Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The files that hold the text. A lock file cannot be read.</summary>
    public static IReadOnlyList<string> Holding(string folder, string text) =>
        [
            .. Of(folder)
                .Where(file =>
                    !file.EndsWith(".lock", StringComparison.Ordinal)
                    && Read(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0
                ),
        ];

    public static async Task Eventually(Func<bool> condition)
    {
        for (var i = 0; i < 1000 && !condition(); i++)
        {
            await Task.Delay(10);
        }

        condition().Should().BeTrue();
    }
}
