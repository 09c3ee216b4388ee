using System.Text;
using OfflineConversions.Conversions;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>The failed list, pauses, halts and erasures.</summary>
internal sealed partial class OutboxModelRun
{
    private readonly Dictionary<string, DateTimeOffset> _paused = [];
    private readonly Dictionary<HaltScope, Halt> _halts = [];
    private readonly HashSet<string> _erased = [];

    private async Task CompareStatesAsync(string because)
    {
        (await _outbox.PausedAsync(default))
            .Should()
            .BeEquivalentTo(_paused.Select(paused => new PausedConnection(paused.Key, paused.Value)), because);
        (await _outbox.HaltsAsync(default)).Should().BeEquivalentTo(_halts.Values, because);
    }

    private async Task ResolveAsync()
    {
        var connection = _random.Next(3) == 0 ? null : Connection();
        var chosen = _failed.Where(f => connection is null || f.Connection == connection).ToArray();
        var redirection = connection is not null && _random.Next(3) == 0 ? Redirection() : null;
        var isReplay = _random.Next(3) > 0 && !chosen.Any(failed => IsUncertain(failed, redirection));

        (await _outbox.CountFailedAsync(new FailedSelection(connection), default)).Should().Be(chosen.Length);
        var resolved =
            isReplay && redirection is not null
                ? await _outbox.ReplayFailedAsync(new FailedSelection(connection), redirection, default)
                : await _outbox.ResolveFailedAsync(
                    new FailedSelection(connection),
                    isReplay ? Resolution.Replay : Resolution.Discard,
                    default
                );
        resolved.Should().Be(isReplay ? Replay(chosen, redirection) : new ResolvedEvents(chosen.Length));

        if (!isReplay)
        {
            _failed.RemoveAll(chosen.Contains);
            _discarded += chosen.Length;
        }
    }

    private async Task PauseAsync()
    {
        var connection = Connection();
        var isPause = _random.Next(2) == 0;
        await _outbox.SetPausedAsync(connection, isPause, default);
        _ = isPause ? _paused.TryAdd(connection, Now) : _paused.Remove(connection);
    }

    private async Task HaltAsync()
    {
        var scope = new HaltScope(Connection(), _random.Next(2) == 0 ? null : $"{_random.Next(2)}");
        var known = _halts.GetValueOrDefault(scope);
        var wait = TimeSpan.FromSeconds(_random.Next(1, 600));
        switch (_random.Next(5))
        {
            case 0 or 1:
                var reason = _random.Next(2) == 0 ? "token_invalid" : "permission_denied";
                _halts[scope] = new Halt(scope, reason, known?.Since ?? Now, Now + wait);
                (await _outbox.HaltAsync(scope, reason, wait, default))
                    .Should()
                    .Be(new HaltChange(_halts[scope], known is null));
                break;
            case 2:
                var mayProbe = known?.ProbeAt <= Now;
                (await _outbox.TryProbeAsync(scope, wait, default)).Should().Be(mayProbe);
                if (mayProbe)
                {
                    _halts[scope] = known! with { ProbeAt = Now + wait };
                }

                break;
            case 3:
                await _outbox.ProbeNowAsync(scope.Connection, default);
                foreach (var halt in _halts.Values.Where(halt => halt.Scope.Connection == scope.Connection).ToArray())
                {
                    _halts[halt.Scope] = halt with { ProbeAt = halt.ProbeAt > Now ? Now : halt.ProbeAt };
                }

                break;
            default:
                (await _outbox.EndHaltAsync(scope, default)).Should().Be(_halts.Remove(scope));
                break;
        }
    }

    private async Task EraseAsync()
    {
        // Few persons are erased, and for longer than a sequence lasts, so that a jump of the clock changes nothing.
        var person = $"p{_random.Next(3)}";
        var inFlight = _leased
            .Where(held => !HasEnded(held))
            .SelectMany(held => held.Chunk.Texts())
            .Where(text => PersonOf(text) == person)
            .ToHashSet(StringComparer.Ordinal);
        var pending = _waiting.Keys.Where(text => PersonOf(text) == person && !inFlight.Contains(text)).ToArray();
        var failed = _failed.Where(f => PersonOf(f.Payload) == person).ToArray();

        var erased = await _outbox.EraseAsync(
            [PersonTrace.Of(MatchKey.Email, Encoding.UTF8.GetBytes(person))],
            Now.AddYears(50),
            default
        );

        (erased.Pending, erased.Failed, erased.InFlight).Should().Be((pending.Length, failed.Length, inFlight.Count));
        Forget(pending.Concat(failed.Select(f => f.Payload)));
        _failed.RemoveAll(failed.Contains);
        _erased.Add(person);

        // The erasure has leased these, so their earlier leases are no longer current.
        Lose(held => HasEnded(held) && held.Chunk.Texts().Any(pending.Contains));
    }

    private void Forget(IEnumerable<string> payloads)
    {
        foreach (var payload in payloads)
        {
            _waiting.Remove(payload);
            _discarded++;
            Release(payload);
        }
    }

    private bool IsErased(string payload) => _erased.Contains(PersonOf(payload));

    private bool IsSuppressed(OutboxEntry entry) => IsErased(Encoding.UTF8.GetString(entry.Delivery.Payload.Span));
}
