using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace OfflineConversions.Cli.Service;

/// <summary>
/// Reads server-sent events. The service sends at least a comment every 15 seconds, so a stream that is silent for
/// longer is dead, even if no one has closed it.
/// </summary>
internal static class EventStream
{
    /// <summary>How long a living stream may be silent.</summary>
    public static TimeSpan LongestSilence { get; } = TimeSpan.FromSeconds(45);

    /// <summary>The messages, until the stream ends or breaks.</summary>
    public static async IAsyncEnumerable<StreamMessage> ReadAsync(
        Stream stream,
        TimeProvider time,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var lines = new StreamReader(stream, Encoding.UTF8);
        var (name, data) = ("message", new StringBuilder());
        while (await LineAsync(lines, time, cancellationToken) is { } line)
        {
            if (line.StartsWith("event:", StringComparison.Ordinal))
            {
                name = line["event:".Length..].Trim();
            }
            else if (line.StartsWith("data:", StringComparison.Ordinal))
            {
                data.Append(line.AsSpan("data:".Length)).Append('\n');
            }
            else if (line.Length == 0)
            {
                if (data.Length > 0 && Parse(data.ToString()) is { } json)
                {
                    yield return new StreamMessage(name, json);
                }

                (name, data) = ("message", new StringBuilder());
            }
        }
    }

    private static async Task<string?> LineAsync(
        StreamReader lines,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var silence = new CancellationTokenSource(LongestSilence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        try
        {
            return await lines.ReadLineAsync(either.Token);
        }
        catch (Exception ended)
            when (ended is IOException or HttpRequestException
                || (ended is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            return null;
        }
    }

    private static JsonElement? Parse(string data)
    {
        try
        {
            return JsonElement.Parse(data);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A server-sent event.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Data">Its data.</param>
internal sealed record StreamMessage(string Name, JsonElement Data);
