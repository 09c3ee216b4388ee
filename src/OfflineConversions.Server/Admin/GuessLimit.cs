using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OfflineConversions.Server.Admin;

/// <summary>
/// Slows down who guesses the operator's key: an address has <see cref="Most"/> wrong tries, and one more every <see
/// cref="Refill"/>; without any left its requests are refused unseen. Of an address that has shown the right key within
/// the last hour they are looked at even then, and the right key is let in, so that a guesser behind the same proxy
/// cannot lock the operator out. Memory is constant: addresses share a fixed number of slots.
/// </summary>
internal sealed class GuessLimit(TimeProvider time)
{
    /// <summary>Wrong tries at once.</summary>
    public const int Most = 20;

    private const int Slots = 4096;
    private static readonly TimeSpan Trust = TimeSpan.FromHours(1);
    private readonly Lock _gate = new();
    private readonly Slot[] _slots = new Slot[Slots];

    /// <summary>How long it takes to get one try back.</summary>
    public static TimeSpan Refill { get; } = TimeSpan.FromSeconds(6);

    /// <summary>Whether the address has a try left; if not, the whole seconds until it has.</summary>
    public bool MayTry(IPAddress? caller, out string retryAfter)
    {
        lock (_gate)
        {
            ref var slot = ref _slots[SlotOf(caller)];
            var now = time.GetUtcNow();
            // Each wrong try moves the time when all are forgotten by one refill.
            var wait = slot.Forgotten - now - (Refill * (Most - 1));
            retryAfter = Math.Ceiling(Math.Max(1, wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return wait <= TimeSpan.Zero;
        }
    }

    /// <summary>Whether the right key came from the address within the last hour.</summary>
    public bool Trusts(IPAddress? caller)
    {
        lock (_gate)
        {
            return time.GetUtcNow() < _slots[SlotOf(caller)].TrustedUntil;
        }
    }

    /// <summary>A wrong key came from the address.</summary>
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

    /// <summary>The right key came from the address.</summary>
    public void Right(IPAddress? caller)
    {
        lock (_gate)
        {
            _slots[SlotOf(caller)].TrustedUntil = time.GetUtcNow() + Trust;
        }
    }

    /// <summary>An IPv6 caller has a whole /64 to choose addresses from, so it counts as one.</summary>
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

        // Seeded by chance in every process: nobody can choose an address that shares the operator's slot.
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
