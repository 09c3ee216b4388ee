using System.Collections;
using OfflineConversions.Conversions;

namespace OfflineConversions;

/// <summary>
/// What you know about a person, in clear text: <c>new Customer { { MatchKey.Email, "ada@example.com" } }</c>. A key
/// may have several values, at most a hundred altogether. Values that are SHA-256 hashes already are sent as they are.
/// Not a record, so that printing it does not show the person.
/// </summary>
public sealed class Customer : IEnumerable<MatchKeyValue>
{
    private readonly List<MatchKeyValue> _values = [];

    /// <summary>
    /// Adds a value. <see langword="null"/>, blank text and placeholders such as <c>N/A</c> count as absent.
    /// </summary>
    /// <param name="key">What it is.</param>
    /// <param name="value">The value as you have it: normalising it is this package's work.</param>
    public void Add(MatchKey key, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            _values.Add(new MatchKeyValue(key, value));
        }
    }

    /// <inheritdoc/>
    public IEnumerator<MatchKeyValue> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The same, rented. Release them.</summary>
    internal MatchKeys Keys()
    {
        var keys = MatchKeys.Rent();
        foreach (var (key, value) in _values)
        {
            keys.Add(key, value);
        }

        return keys;
    }
}

/// <summary>A person in the form that Meta takes.</summary>
/// <param name="Values">
/// The usable values: hashed where Meta requires it, otherwise normalised. Those of one key are in the order in which
/// they were added, without repeats.
/// </param>
/// <param name="Warnings">The codes of <see cref="Warning"/> for what was left out or is doubtful.</param>
/// <param name="IsSufficient">
/// Whether Meta accepts an event with these values only. Source: Meta, "Best Practices: Conversions API".
/// </param>
public sealed record HashedCustomer(
    IReadOnlyList<MatchKeyValue> Values,
    IReadOnlyList<string> Warnings,
    bool IsSufficient
);
