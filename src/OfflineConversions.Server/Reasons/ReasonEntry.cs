namespace OfflineConversions.Server.Reasons;

/// <summary>What a code means, where it usually comes from, and what to do about it.</summary>
/// <param name="Code">The code, as in every response, metric and log line.</param>
/// <param name="Kind">What it is about. A code may have several kinds, one entry for each.</param>
/// <param name="Meaning">What it says.</param>
/// <param name="Cause">Where it usually comes from.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record ReasonEntry(string Code, ReasonKind Kind, string Meaning, string Cause, string Remedy);
