using System.Globalization;
using System.Text.Json;

namespace OfflineConversions.Cli.Commands;

/// <summary>Reads the service's JSON as records, and writes the parameters of its routes.</summary>
internal static class Described
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>The JSON as a record. Members that the record does not know are left out.</summary>
    public static T As<T>(this JsonElement json)
        where T : class => json.Deserialize<T>(Options)!;

    /// <summary>A route with its parameters; those without a value are left out.</summary>
    public static string Route(string path, params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var route = path;
        foreach (var (name, value) in parameters)
        {
            if (!string.IsNullOrEmpty(value))
            {
                route +=
                    (route.Contains('?', StringComparison.Ordinal) ? "&" : "?")
                    + $"{name}={Uri.EscapeDataString(value)}";
            }
        }

        return route;
    }

    /// <summary>A number as a parameter.</summary>
    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
