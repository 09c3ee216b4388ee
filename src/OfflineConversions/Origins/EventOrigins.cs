namespace OfflineConversions.Origins;

/// <summary>Where everything about one event comes from.</summary>
/// <param name="Fields">The fields of its JSON for Meta, in their order; none if nothing would be sent.</param>
/// <param name="Warnings">
/// The parts of the body that caused a warning, by its code, separated by commas. A warning that no part of the body
/// causes, such as one about a setting, is not in it.
/// </param>
internal sealed record EventOrigins(IReadOnlyList<FieldOrigin> Fields, IReadOnlyDictionary<string, string> Warnings);

/// <summary>Where one field of Meta's JSON comes from.</summary>
/// <param name="Path">The names and list positions that lead to it, joined by dots: <c>user_data.em</c>.</param>
/// <param name="Value">Its JSON. Where deliveries of the event differ, the JSON in each.</param>
/// <param name="Origin">
/// The part of the body: <c>context.traits.email</c>; of several, each, separated by commas. Something that is no part
/// is in parentheses: <c>(time of receipt)</c>. <see langword="null"/> if it comes from a setting or is a default.
/// </param>
internal sealed record FieldOrigin(string Path, string Value, string? Origin);
