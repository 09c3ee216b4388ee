using OfflineConversions.Fuzzing.Processes;

namespace OfflineConversions.Fuzzing.Faults;

/// <summary>
/// The driver's own record of what the service has acknowledged. It is written from the responses alone.
/// </summary>
internal sealed class PostedSales
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _acknowledged = new(StringComparer.Ordinal);
    private readonly HashSet<string> _perhapsTwice = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];

    /// <summary>The connection of each acknowledged event, by its id.</summary>
    public IReadOnlyDictionary<string, string> Acknowledged => _acknowledged;

    /// <summary>
    /// Events that the service may have accepted twice: the response to the first post was lost, and Meta's refusal
    /// released the event's key before the second.
    /// </summary>
    public IReadOnlySet<string> PerhapsTwice => _perhapsTwice;

    /// <summary>Responses that broke a promise.</summary>
    public IReadOnlyList<string> Problems
    {
        get
        {
            lock (_gate)
            {
                return [.. _problems];
            }
        }
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _acknowledged.Count;
            }
        }
    }

    /// <summary>Posts that got no success, and were repeated.</summary>
    public int FailedPosts { get; private set; }

    /// <summary>Events that were posted again on purpose, after they had been acknowledged.</summary>
    public int Repeats { get; private set; }

    /// <summary>Notes the outcome of one event in a response with success.</summary>
    /// <param name="connection">The connection that posted it.</param>
    /// <param name="sale">The event.</param>
    /// <param name="outcome">Its outcome and reason.</param>
    /// <param name="isInDoubt">Whether an earlier attempt to post it got no success.</param>
    public void Acknowledge(string connection, Sale sale, string outcome, bool isInDoubt)
    {
        lock (_gate)
        {
            var isRepeat = !_acknowledged.TryAdd(sale.Id, connection);
            Repeats += isRepeat ? 1 : 0;
            if (!isRepeat && isInDoubt && sale.AddsToCart)
            {
                _perhapsTwice.Add(sale.Id);
            }

            var isExpected = outcome switch
            {
                "accepted" => !isRepeat,
                "ignored duplicate" => isRepeat || isInDoubt,
                _ => false,
            };
            if (!isExpected)
            {
                _problems.Add($"{sale.Id}: {outcome}, repeated {isRepeat}, in doubt {isInDoubt}");
            }
        }
    }

    public void FailedPost()
    {
        lock (_gate)
        {
            FailedPosts++;
        }
    }

    public void Problem(string problem)
    {
        lock (_gate)
        {
            _problems.Add(problem);
        }
    }
}
