using OfflineConversions.Json;

namespace OfflineConversions.Conversions;

/// <summary>Meta's data processing options. Source: Meta, "Data Processing Options".</summary>
/// <param name="Options"><c>LDU</c>, or empty for explicitly none.</param>
/// <param name="Country">1 for the US, 0 to let Meta geolocate.</param>
/// <param name="State">1000 for California and so on, 0 to let Meta geolocate.</param>
public sealed record DataProcessing(IReadOnlyList<string> Options, Number? Country, Number? State);
