namespace OfflineConversions.Fuzzing.Corruption;

/// <summary>How an outbox stores its chunks.</summary>
internal enum StoredForm
{
    /// <summary>As they are: no payload is worth compressing.</summary>
    Plain,

    /// <summary>Compressed, except for those that are too small.</summary>
    Compressed,

    /// <summary>Compressed and then encrypted.</summary>
    Encrypted,
}
