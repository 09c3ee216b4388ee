using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OfflineConversions.Server.Tests.Ingestion;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Admin;

public sealed class ErasureEndpointTests : IAsyncLifetime
{
    private const string Stores = """
        "Admin": { "ApiKey": "the-operators-key" },
        "Graph": { "BaseAddress": "http://127.0.0.1:1" },
        "Connections": {
          "seg": { "Source": "Segment", "WriteKeys": ["seg-key-1"], "AccessToken": "t0ken", "DefaultCountry": "DE",
                   "Segment": { "Events": [{ "Event": "Order Completed", "EventSetId": "2" }] } },
          "old": { "Source": "RudderStack", "WriteKeys": ["old-key-1"], "AccessToken": "t0ken",
            "Api": "OfflineEvents", "DeduplicationWindow": "9.00:00:00", "HashExternalId": true,
                   "RudderStack": { "EventsToIds": [{ "From": "Purchase", "To": "3" }] } }
        }
        """;

    private ServiceUnderTest _service = null!;

    public async Task InitializeAsync()
    {
        _service = await ServiceUnderTest.StartAsync(Stores, onDisk: true);
        _service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            "the-operators-key"
        );
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Theory]
    [InlineData("""{"email":"Jane.Doe@example.com"}""")]
    [InlineData("""{"phone":"030 1234567"}""")]
    [InlineData("""{"externalId":["customer-17"]}""")]
    [InlineData(
        """{"email":["somebody@example.com","86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d"]}"""
    )]
    public async Task A_person_is_erased_from_every_connection_and_what_comes_later_is_ignored(string person)
    {
        await PauseAsync();
        await AcceptAsync("jane", "1");
        await AcceptAsync("john", "2");

        var (status, answer) = await EraseAsync(person);

        status.Should().Be(HttpStatusCode.OK, answer.GetRawText());
        answer.GetProperty("pending").GetInt64().Should().Be(2);
        answer.GetProperty("failed").GetInt64().Should().Be(0);
        answer.GetProperty("deduplicationKeys").GetInt64().Should().Be(2, "each event is stored with its own key");
        answer.GetProperty("inFlight").GetInt64().Should().Be(0);
        answer
            .GetProperty("suppressedUntil")
            .GetDateTimeOffset()
            .Should()
            .BeCloseTo(DateTimeOffset.UtcNow.AddDays(9), TimeSpan.FromMinutes(5), "the longest window counts");
        (await PostAsync("seg-key-1", Segment("jane", "9"))).Should().Be(("ignored", "erased"));
        (await PostAsync("old-key-1", RudderStack("jane", "9"))).Should().Be(("ignored", "erased"));
        (await PostAsync("seg-key-1", Segment("john", "8"))).Should().Be(("accepted", null));
        var outcomes = (await _service.GetJsonAsync("/api/outcomes?reason=erased"))
            .GetProperty("items")
            .EnumerateArray()
            .ToArray();
        outcomes
            .Should()
            .HaveCount(2)
            .And.OnlyContain(outcome =>
                outcome.GetProperty("reason").GetString() == "erased"
                && outcome.GetProperty("eventId").ValueKind == JsonValueKind.Null
            );
        foreach (var line in (await _service.GetJsonAsync("/api/ledger")).EnumerateArray())
        {
            line.GetProperty("discarded").GetInt64().Should().Be(1);
        }

        (await _service.GetJsonAsync("/api/outcomes"))
            .GetProperty("items")
            .EnumerateArray()
            .Should()
            .OnlyContain(outcome => outcome.GetProperty("eventId").ValueKind == JsonValueKind.Null);
        var folder = Path.GetDirectoryName(_service.SettingsFile)!;
        foreach (
            var trace in new[]
            {
                "jane.doe",
                Sha256("jane.doe@example.com"),
                Sha256("49301234567"),
                "customer-17",
                Sha256("customer-17"),
            }
        )
        {
            Files.Holding(folder, trace).Should().BeEmpty(trace);
        }

        Files.Holding(folder, Sha256("john.doe@example.com")).Should().NotBeEmpty();
    }

    private static string Sha256(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("""{}""", "request")]
    [InlineData("""[]""", "request")]
    [InlineData("""{"email":[]}""", "request")]
    [InlineData("""{"email":7}""", "request")]
    [InlineData("""{"email":"s3cret""", "request")]
    [InlineData("""{"email":null}""", "request")]
    [InlineData("""{"s3cret@example.com":1}""", "request")]
    [InlineData("""{"email":"s3cret\ud800@example.com"}""", "request")]
    [InlineData("""{"email":"s3cret"}""", "email")]
    [InlineData("""{"phone":["+1 415 555 0100","s3cret"]}""", "phone")]
    public async Task A_wrong_request_is_told_what_is_wrong_and_never_what_stood_in_it(string request, string key)
    {
        var (status, answer) = await EraseAsync(request);

        status.Should().Be(HttpStatusCode.BadRequest);
        answer.GetProperty("errors").TryGetProperty(key, out _).Should().BeTrue(answer.GetRawText());
        answer.GetRawText().Should().NotContain("s3cret");
    }

    [Fact]
    public async Task The_examples_of_its_description_work()
    {
        var examples = (await _service.GetJsonAsync("/openapi/v1.json"))
            .GetProperty("paths")
            .GetProperty("/api/erasure")
            .GetProperty("post")
            .GetProperty("requestBody")
            .GetProperty("content")
            .GetProperty("application/json")
            .GetProperty("examples")
            .EnumerateObject()
            .ToArray();
        examples.Should().NotBeEmpty();
        foreach (var example in examples)
        {
            (await EraseAsync(example.Value.GetProperty("value").GetRawText())).Status.Should().Be(HttpStatusCode.OK);
        }
    }

    private async Task PauseAsync()
    {
        foreach (var name in new[] { "seg", "old" })
        {
            (await _service.Http.PostAsync($"/api/connections/{name}/pause", null)).EnsureSuccessStatusCode().Dispose();
        }
    }

    private async Task AcceptAsync(string name, string id)
    {
        (await PostAsync("seg-key-1", Segment(name, id))).Outcome.Should().Be("accepted");
        (await PostAsync("old-key-1", RudderStack(name, id))).Outcome.Should().Be("accepted");
        (await PostAsync("seg-key-1", Segment(name, id))).Should().Be(("ignored", "duplicate"));
    }

    private static string Person(string name) =>
        name == "jane"
            ? """{"email":"jane.doe@example.com","phone":"030 1234567"}"""
            : """{"email":"john.doe@example.com","phone":"+1 415 555 0199"}""";

    private static string Segment(string name, string id) =>
        $$$"""
            {"type":"track","event":"Order Completed","messageId":"s-{{{id}}}","userId":"{{{(
                name == "jane" ? "customer-17" : "customer-18"
            )}}}","timestamp":"{{{DateTimeOffset.UtcNow:O}}}",
             "context":{"traits":{{{Person(name)}}}},"properties":{"revenue":"9.5","currency":"EUR"}}
            """;

    private static string RudderStack(string name, string id) =>
        $$$"""
            {"type":"track","event":"Order Completed","messageId":"r-{{{id}}}","userId":"{{{(
                name == "jane" ? "customer-17" : "customer-18"
            )}}}","timestamp":"{{{DateTimeOffset.UtcNow:O}}}",
             "context":{"traits":{{{Person(name).Replace(
                "030 ",
                "+49 30 ",
                StringComparison.Ordinal
            )}}}},"properties":{"revenue":9.5,"currency":"EUR"}}
            """;

    private async Task<(string? Outcome, string? Reason)> PostAsync(string key, string body)
    {
        using var answer = await _service.PostAsync("/v1/track", body, key, ("Prefer", "return=representation"));
        var only = JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("events")[0];
        return (
            only.GetProperty("outcome").GetString(),
            only.TryGetProperty("reason", out var reason) ? reason.GetString() : null
        );
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> EraseAsync(string request)
    {
        using var answer = await _service.Http.PostAsync("/api/erasure", new StringContent(request));
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync()));
    }
}
