using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OfflineConversions.Server.Outbox;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// Limits guesses of the operator's key, from every address and in total. An address has <see cref="Most"/> wrong tries
/// and gets one more every <see cref="Refill"/>; all strangers together have <see cref="MostOfAll"/>. Without any left,
/// requests wait in line, and fifty keys a second are compared.
/// </summary>
/// <remarks>
/// A line instead of a refusal, because the operator may be behind the same address as a guesser, and only the
/// comparison distinguishes them: a refusal would lock the operator out, and an exception for the right key would give
/// the guesser unlimited tries. In line, both are served in the order of arrival. An address that has presented the
/// right key within the last hour has its own tries and line, which no other address uses up.
/// <para>
/// The numbers hold for all replicas of an outbox together: each of three lets a third through, so that it does not
/// matter which of them a guesser asks.
/// </para>
/// </remarks>
internal sealed class WrongKeyLimit(TimeProvider time, IReplicaStore replicas)
{
    /// <summary>The wrong tries of an address that has none on record.</summary>
    public const int Most = 20;

    /// <summary>The wrong tries of all addresses together that have not presented the right key lately.</summary>
    public const int MostOfAll = 10_000;

    private const int Slots = 4096;
    private const int MostTrusted = 1000;
    private static readonly TimeSpan RefillOfAll = TimeSpan.FromHours(1) / MostOfAll;
    private static readonly TimeSpan Trust = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly GuessLane?[] _slots = new GuessLane?[Slots];
    private readonly GuessLane _strangers = new(MostOfAll, RefillOfAll, time, () => replicas.Replicas);
    private readonly Dictionary<ulong, Trusted> _trusted = [];

    /// <summary>The time until a used try is available again.</summary>
    public static TimeSpan Refill { get; } = TimeSpan.FromSeconds(6);

    /// <summary>Whether the address has a try left; if not, the whole seconds until it has one.</summary>
    public bool MayTry(IPAddress? caller, out string retryAfter)
    {
        var wait = TimeSpan.Zero;
        foreach (var lane in LanesOf(caller))
        {
            wait = !lane.HasTry(out var longer) && longer > wait ? longer : wait;
        }

        retryAfter = Math.Ceiling(Math.Max(1, wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return wait <= TimeSpan.Zero;
    }

    /// <summary>Waits until a key from an address without tries may be compared.</summary>
    /// <returns>False if too many are waiting, or the caller has given up.</returns>
    public async ValueTask<bool> TurnAsync(IPAddress? caller, CancellationToken cancellationToken)
    {
        foreach (var lane in LanesOf(caller))
        {
            if (!lane.HasTry(out _) && !await lane.TurnAsync(cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the address has presented the right key within the last hour.</summary>
    public bool Trusts(IPAddress? caller) => FindTrusted(caller) is not null;

    /// <summary>The address has used a try for a wrong key.</summary>
    public void Wrong(IPAddress? caller)
    {
        foreach (var lane in LanesOf(caller))
        {
            lane.Take();
        }
    }

    /// <summary>The address has presented the right key.</summary>
    public void Right(IPAddress? caller)
    {
        var address = Number(caller);
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_trusted.Count >= MostTrusted && !_trusted.ContainsKey(address))
            {
                _trusted.Remove(_trusted.MinBy(entry => entry.Value.At).Key);
            }

            var lane = _trusted.TryGetValue(address, out var known) ? known.Lane : NewLane();
            _trusted[address] = new Trusted(lane, now);
        }
    }

    private GuessLane NewLane() => new(Most, Refill, time, () => replicas.Replicas);

    private IEnumerable<GuessLane> LanesOf(IPAddress? caller) =>
        FindTrusted(caller) is { } own ? [own] : [SlotOf(caller), _strangers];

    private GuessLane? FindTrusted(IPAddress? caller)
    {
        lock (_gate)
        {
            return _trusted.TryGetValue(Number(caller), out var trusted) && time.GetElapsedTime(trusted.At) < Trust
                ? trusted.Lane
                : null;
        }
    }

    /// <summary>Memory is constant: strangers share a fixed number of slots.</summary>
    private GuessLane SlotOf(IPAddress? caller)
    {
        // HashCode has a random seed in each process, so a caller cannot choose an address in another one's slot.
        var slot = (int)((uint)HashCode.Combine(Number(caller)) % Slots);
        lock (_gate)
        {
            return _slots[slot] ??= NewLane();
        }
    }

    /// <summary>An IPv6 caller usually has a whole /64 network, so the network counts as one address.</summary>
    private static ulong Number(IPAddress? caller)
    {
        if (caller is null)
        {
            return 0;
        }

        Span<byte> bytes = stackalloc byte[16];
        caller = caller.IsIPv4MappedToIPv6 ? caller.MapToIPv4() : caller;
        caller.TryWriteBytes(bytes, out _);
        // No IPv6 network begins with 0xffff and carries an IPv4 address behind it.
        return caller.AddressFamily == AddressFamily.InterNetworkV6
            ? BinaryPrimitives.ReadUInt64BigEndian(bytes)
            : 0xffff_0000_0000_0000 | BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    private sealed record Trusted(GuessLane Lane, long At);
}
