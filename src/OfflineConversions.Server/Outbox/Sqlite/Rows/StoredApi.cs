using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Outbox.Sqlite.Rows;

/// <summary>The stored form of <see cref="MetaApi"/>: its name, so that the order of the enum may change.</summary>
internal static class StoredApi
{
    /// <summary>The name of an API.</summary>
    public static string Write(MetaApi api) => api.ToString();

    /// <summary>The API of a name; <see langword="null"/> in a damaged row.</summary>
    public static MetaApi? Read(string text) =>
        Enum.TryParse<MetaApi>(text, out var api) && Enum.IsDefined(api) ? api : null;
}
