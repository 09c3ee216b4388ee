using System.Text.Json;

namespace OfflineConversions.Targets.Meta.Responses;

/// <summary>The <c>error_data</c> of an error: an object, or a string that contains one.</summary>
/// <param name="EventIndex">The position of the bad event; only the legacy API reports it.</param>
/// <param name="Code">The code of the event's own error; only the legacy API reports it.</param>
/// <param name="Path">The first path in <c>blame_field_specs</c>. Source: Meta, "Handle Errors".</param>
internal readonly record struct ErrorData(int? EventIndex, int? Code, ParameterPath? Path)
{
    public static ErrorData Read(JsonElement? data)
    {
        if (data is { ValueKind: JsonValueKind.Object } plain)
        {
            return Read(plain);
        }

        if (data is not { ValueKind: JsonValueKind.String } quoted)
        {
            return default;
        }

        try
        {
            using var json = JsonDocument.Parse(quoted.GetString()!);
            return json.RootElement.ValueKind == JsonValueKind.Object ? Read(json.RootElement) : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static ErrorData Read(JsonElement data) =>
        new(
            GraphResponseReader.Number(data, "event_index"),
            GraphResponseReader.Number(data, "code"),
            GraphResponseReader.Member(data, "blame_field_specs") is { ValueKind: JsonValueKind.Array } specs
                ? specs.EnumerateArray().Select(PathOf).FirstOrDefault(path => path is not null)
                : null
        );

    /// <summary>A path is a list of names and positions, <c>["data", 0, "user_data", "em"]</c>.</summary>
    private static ParameterPath? PathOf(JsonElement spec) =>
        spec.ValueKind == JsonValueKind.Array
            ? ParameterPath.Find(string.Join('.', spec.EnumerateArray().Select(part => part.ToString())))
            : null;
}
