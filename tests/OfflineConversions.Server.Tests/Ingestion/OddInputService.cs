using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace OfflineConversions.Server.Tests.Ingestion;

/// <summary>One service for all tests of odd input.</summary>
public sealed class OddInputService : IAsyncLifetime
{
    private ServiceUnderTest _service = null!;

    /// <summary>What was stored, in order.</summary>
    public List<ReadOnlyMemory<byte>> Stored => [.. _service.Outbox.Entries.Select(entry => entry.Delivery.Payload)];

    public async Task InitializeAsync() => _service = await ServiceUnderTest.StartAsync();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    public Task<(int Status, string[] Outcomes)> PostAsync(string source, string latin1) =>
        PostAsync(source, OddEvents.Bytes(latin1));

    /// <summary>Posts a body in UTF-8 and reads the outcome of its first event.</summary>
    public async Task<JsonElement> OutcomeAsync(string source, string body)
    {
        var (path, key) = OddEvents.Of(source);
        using var response = await _service.PostAsync(path, body, key, ("Prefer", "return=representation"));
        return JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("events")[0];
    }

    public async Task<(int Status, string[] Outcomes)> PostAsync(string source, byte[] body)
    {
        var from = _service.Outbox.Entries.Count;
        var result = await _service.PostOddAsync(source, body);
        foreach (var payload in Stored.Skip(from))
        {
            Utf8.IsValid(payload.Span).Should().BeTrue("Meta takes no other");
            JsonNode.Parse(payload.Span)!.AsObject().Should().NotBeEmpty();
        }

        return result;
    }
}
