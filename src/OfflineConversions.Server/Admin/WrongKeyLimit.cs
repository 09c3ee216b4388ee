using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// Limits guesses of the operator's key. An address has <see cref="Most"/> wrong tries and gets one more every <see
/// cref="Refill"/>. Without any left, its requests are refused unread. An address that has presented the right key
/// within the last hour may still present it, so that a guesser behind the same proxy cannot lock the operator out.
/// Memory is constant: addresses share a fixed number of slots.
/// </summary>
internal sealed class WrongKeyLimit(TimeProvider time)
{
    /// <summary>The wrong tries of an address that has none on record.</summary>
    public const int Most = 20;

    private const int Slots = 4096;
    private static readonly TimeSpan Trust = TimeSpan.FromHours(1);
    private readonly Lock _gate = new();
    private readonly Slot[] _slots = new Slot[Slots];

    /// <summary>The time until a used try is available again.</summary>
    public static TimeSpan Refill { get; } = TimeSpan.FromSeconds(6);

    /// <summary>Whether the address has a try left; if not, the whole seconds until it has one.</summary>
    public bool MayTry(IPAddress? caller, out string retryAfter)
    {
        lock (_gate)
        {
            ref var slot = ref _slots[SlotOf(caller)];
            var now = time.GetUtcNow();
            // Each wrong try moves the time at which all are forgotten by one refill.
            var wait = slot.Forgotten - now - (Refill * (Most - 1));
            retryAfter = Math.Ceiling(Math.Max(1, wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return wait <= TimeSpan.Zero;
        }
    }

    /// <summary>Whether the address has presented the right key within the last hour.</summary>
    public bool Trusts(IPAddress? caller)
    {
        lock (_gate)
        {
            return time.GetUtcNow() < _slots[SlotOf(caller)].TrustedUntil;
        }
    }

    /// <summary>The address has presented a wrong key.</summary>
    public void Wrong(IPAddress? caller)
    {
        lock (_gate)
        {
            ref var slot = ref _slots[SlotOf(caller)];
            var (now, forgotten) = (time.GetUtcNow(), slot.Forgotten + Refill);
            var most = now + (Refill * Most);
            slot.Forgotten =
                forgotten > most ? most
                : forgotten < now + Refill ? now + Refill
                : forgotten;
        }
    }

    /// <summary>The address has presented the right key.</summary>
    public void Right(IPAddress? caller)
    {
        lock (_gate)
        {
            _slots[SlotOf(caller)].TrustedUntil = time.GetUtcNow() + Trust;
        }
    }

    /// <summary>An IPv6 caller usually has a whole /64 network, so the network counts as one address.</summary>
    private static int SlotOf(IPAddress? caller)
    {
        Span<byte> bytes = stackalloc byte[16];
        var length = 0;
        if (caller is not null)
        {
            caller = caller.IsIPv4MappedToIPv6 ? caller.MapToIPv4() : caller;
            caller.TryWriteBytes(bytes, out length);
            length = caller.AddressFamily == AddressFamily.InterNetworkV6 ? length / 2 : length;
        }

        // HashCode has a random seed in each process, so a caller cannot choose an address in the operator's slot.
        var hash = new HashCode();
        hash.AddBytes(bytes[..length]);
        return (int)((uint)hash.ToHashCode() % Slots);
    }

    private struct Slot
    {
        public DateTimeOffset Forgotten;
        public DateTimeOffset TrustedUntil;
    }
}
