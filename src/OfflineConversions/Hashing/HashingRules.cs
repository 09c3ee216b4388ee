namespace OfflineConversions.Hashing;

/// <summary>What the two shapes of Meta's API require differently of match keys.</summary>
/// <param name="HashMobileAdvertiserId">The mobile advertiser id is hashed; otherwise it is sent in lower case.</param>
/// <param name="SplitDateOfBirth">
/// The date of birth is hashed as year, month and day (<see cref="HashedKeys.Birthdate"/>); otherwise as one value.
/// </param>
internal sealed record HashingRules(bool HashMobileAdvertiserId, bool SplitDateOfBirth);
