using System.Text;
using OfflineConversions.Conversions;

namespace OfflineConversions.Targets.Meta;

/// <summary>How a shape writes one match key.</summary>
/// <param name="Key">The match key.</param>
/// <param name="Name">Its name at Meta.</param>
/// <param name="IsList">It is always an array.</param>
/// <param name="IsSingle">It is never an array: of several values, the first is written.</param>
internal sealed record MatchKeyName(MatchKey Key, string Name, bool IsList = false, bool IsSingle = false)
{
    /// <summary>The name, encoded once: it is written for every event.</summary>
    public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(Name);
}
