using System.Collections.Concurrent;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Imports;

/// <summary>The imports that this process runs, so that each runs once, can be watched and can be cancelled.</summary>
internal sealed class RunningImports(ServiceOptions options)
{
    private readonly ConcurrentDictionary<string, RunningImport> _running = new(StringComparer.Ordinal);

    /// <summary>How many run.</summary>
    public int Count => _running.Count;

    /// <summary>Whether one more may run.</summary>
    public bool HasRoom => _running.Count < options.Imports.MaxConcurrent;

    /// <summary>Notes that an import runs; <see langword="null"/> if one with this id does already.</summary>
    public RunningImport? Start(string id)
    {
        var import = new RunningImport();
        return _running.TryAdd(id, import) ? import : null;
    }

    /// <summary>The import does not run any more. Another one with its id may.</summary>
    public void End(string id, RunningImport import)
    {
        _running.TryRemove(KeyValuePair.Create(id, import));
        import.Dispose();
    }

    /// <summary>Cancels the import if it runs here.</summary>
    public void Cancel(string id)
    {
        if (_running.TryGetValue(id, out var import))
        {
            import.Cancel();
        }
    }

    /// <summary>
    /// How far the import is, which may be further than what is stored; null if it does not run here.
    /// </summary>
    public ImportProgress? ProgressOf(string id) => _running.GetValueOrDefault(id)?.Progress;
}

/// <summary>An import that this process runs.</summary>
internal sealed class RunningImport : IDisposable
{
    private readonly CancellationTokenSource _cancelled = new();
    private readonly Lock _gate = new();
    private volatile ImportProgress? _progress;
    private bool _isDisposed;

    /// <summary>Cancelled when an operator cancels the import.</summary>
    public CancellationToken Cancelled => _cancelled.Token;

    /// <summary>How far it is; <see langword="null"/> before its first rows.</summary>
    public ImportProgress? Progress
    {
        get => _progress;
        set => _progress = value;
    }

    /// <summary>Cancels it.</summary>
    public void Cancel()
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _cancelled.Cancel();
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _cancelled.Dispose();
        }
    }
}
