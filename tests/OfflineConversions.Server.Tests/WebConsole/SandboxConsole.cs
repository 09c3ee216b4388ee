using System.Net;
using System.Text;
using System.Text.Json;

namespace OfflineConversions.Server.Tests.WebConsole;

/// <summary>A whole service with its console, which delivers to the sandbox in it.</summary>
public abstract class SandboxConsole : ImportPages
{
    private protected override string Meta =>
        """
            "Sandbox": { "Enabled": true }
            """;

    private protected Uri Address => Service.Http.BaseAddress!;

    /// <summary>What reached a dataset at the sandbox.</summary>
    private protected async Task<IReadOnlyList<JsonElement>> ArrivedAsync(string dataset) =>
        [.. (await Service.GetJsonAsync($"/sandbox/events?dataset={dataset}")).GetProperty("events").EnumerateArray()];

    /// <summary>Waits until these events, and no others, are at a dataset of the sandbox.</summary>
    private protected Task UntilArrivedAsync(string dataset, params string[] ids) =>
        Wait.UntilAsync(async () =>
            (await ArrivedAsync(dataset))
                .Select(one => one.GetProperty("event").GetProperty("event_id").GetString())
                .SequenceEqual(ids)
        );

    /// <summary>Makes the sandbox refuse something.</summary>
    private protected async Task BreakAsync(string fault)
    {
        using var response = await Service.Http.PostAsync(
            "/sandbox/faults",
            new StringContent(fault, Encoding.UTF8, "application/json")
        );
        response.IsSuccessStatusCode.Should().BeTrue(await response.Content.ReadAsStringAsync());
    }

    /// <summary>Removes the cause of all refusals.</summary>
    private protected async Task RepairAsync()
    {
        using var response = await Service.Http.DeleteAsync("/sandbox/faults");
        response.StatusCode.Should().Be(HttpStatusCode.NoContent);
    }
}
