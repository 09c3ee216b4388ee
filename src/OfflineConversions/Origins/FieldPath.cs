using System.Globalization;

namespace OfflineConversions.Origins;

/// <summary>Paths as in the field tables: names and list positions, joined by dots.</summary>
internal static class FieldPath
{
    public static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    public static string Join(string path, int position) => Join(path, position.ToString(CultureInfo.InvariantCulture));
}
