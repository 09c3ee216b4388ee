namespace OfflineConversions.Net8;

/// <summary>What <c>lock</c> locks: the name of the later type.</summary>
internal sealed class Lock;
