using System.Diagnostics;
using System.Threading.Channels;

namespace OfflineConversions.Server.Tests.Acceptance;

/// <summary>The lines that a process writes to standard output and standard error, while it runs.</summary>
internal sealed class ProcessOutput
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly Channel<string> _unread = Channel.CreateUnbounded<string>();
    private int _openStreams = 2;

    public ProcessOutput(Process process)
    {
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>All lines so far.</summary>
    public string Text
    {
        get
        {
            lock (_gate)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>Waits for the next line that matches.</summary>
    /// <exception cref="EndOfStreamException">The process ended without writing one.</exception>
    public async Task<string> FirstAsync(Func<string, bool> matches, CancellationToken cancellationToken)
    {
        await foreach (var line in _unread.Reader.ReadAllAsync(cancellationToken))
        {
            if (matches(line))
            {
                return line;
            }
        }

        throw new EndOfStreamException("The process ended.");
    }

    private void Add(string? line)
    {
        lock (_gate)
        {
            if (line is null)
            {
                if (--_openStreams == 0)
                {
                    _unread.Writer.Complete();
                }

                return;
            }

            _lines.Add(line);
        }

        _unread.Writer.TryWrite(line);
    }
}
