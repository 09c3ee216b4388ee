using System.Text.Json;

namespace OfflineConversions.Cli.Service;

/// <summary>A response of the service.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Body">The body as it arrived.</param>
/// <param name="Json">The body as JSON; null if it is not JSON.</param>
/// <param name="RetryAfter">How long the service asks to wait; null if it does not.</param>
/// <param name="Location">Where a redirect leads.</param>
internal sealed record Reply(int Status, byte[] Body, JsonElement? Json, TimeSpan? RetryAfter, Uri? Location)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>What a problem detail says, with the parameters at fault; null if it says nothing.</summary>
    public string? Detail
    {
        get
        {
            if (Json is not { ValueKind: JsonValueKind.Object } problem)
            {
                return null;
            }

            var errors =
                problem.TryGetProperty("errors", out var list) && list.ValueKind == JsonValueKind.Object
                    ? string.Join(
                        "; ",
                        list.EnumerateObject()
                            .Select(error =>
                                error.Value.ValueKind == JsonValueKind.Array
                                    ? $"{error.Name} {string.Join(", ", error.Value.EnumerateArray().Select(TextOf))}"
                                    : $"{error.Name} {TextOf(error.Value)}"
                            )
                    )
                    : null;
            return errors is { Length: > 0 } ? errors
                : problem.TryGetProperty("detail", out var detail) && TextOf(detail) is { Length: > 0 } text ? text
                : problem.TryGetProperty("title", out var title) && TextOf(title) is { Length: > 0 } name ? name
                : null;
        }
    }

    private static string TextOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
