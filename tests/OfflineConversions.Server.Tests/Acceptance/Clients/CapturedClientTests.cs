using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Acceptance.Clients;

/// <summary>
/// Replays the requests of the vendors' own SDKs to a running service, over a socket: those that the SDK sent, and for
/// SDKs of phones and for webhooks those that their source describes.
/// </summary>
public sealed class CapturedClientTests(CapturedClientTests.Service running)
    : IClassFixture<CapturedClientTests.Service>
{
    /// <summary>The match keys that Meta requires to be hashed.</summary>
    private static readonly string[] Hashed = ["em", "ph", "fn", "ln", "ge", "db", "ct", "st", "zp", "country"];

    [Theory]
    [InlineData("segment-analytics-node")]
    [InlineData("segment-analytics-node-custom-path")]
    [InlineData("segment-analytics-node-v6-legacy")]
    [InlineData("segment-analytics-next-browser")]
    [InlineData("segment-analytics-next-browser-batching")]
    [InlineData("rudder-sdk-node-gzip")]
    [InlineData("rudder-sdk-node-nogzip")]
    [InlineData("mparticle-node")]
    [InlineData("commandersact-doc-samples")]
    [InlineData("segment-python")]
    [InlineData("segment-php")]
    [InlineData("segment-ruby")]
    [InlineData("segment-go")]
    [InlineData("segment-dotnet")]
    [InlineData("segment-java")]
    [InlineData("segment-kotlin")]
    [InlineData("segment-swift")]
    [InlineData("segment-webhook")]
    [InlineData("rudder-python")]
    [InlineData("rudder-ruby")]
    [InlineData("rudder-go")]
    [InlineData("rudder-js-v3")]
    [InlineData("rudder-js-v2")]
    [InlineData("rudder-java")]
    [InlineData("rudder-android")]
    [InlineData("rudder-ios")]
    [InlineData("rudder-webhook-destination")]
    [InlineData("mparticle-python")]
    [InlineData("mparticle-ruby")]
    public async Task A_real_client_gets_the_response_it_expects_and_its_sales_arrive_hashed(string file)
    {
        var client = CapturedClient.Load(file);
        await running.Received.ClearAsync();

        foreach (var request in client.Requests)
        {
            using var connection = await RawConnection.OpenAsync(running.Address);
            await connection.SendAsync(request.Bytes(running.Address, DateTimeOffset.UtcNow));
            var response = connection.Read();

            response.Status.Should().Be(client.Response.Status);
            response.Body.Should().Be(client.Response.Body);
            response.Headers.GetValueOrDefault("Content-Type")?.Split(';')[0].Should().Be(client.Response.ContentType);
        }

        var expected = client.Requests.SelectMany(request => request.Delivers).ToList();
        await running.UntilIdleAsync();
        var received = (await running.Received.UntilAsync(events => events.Count >= expected.Count))
            .Select(one => one["event"]!)
            .ToList();

        received
            .Select(one => (Name(one), Email(one)))
            .Should()
            .BeEquivalentTo(
                expected.Select(delivery => (delivery.EventName, delivery.EmailSha256 ?? Sha256(delivery.Email)))
            );
        received.Should().OnlyContain(one => AllHashed(one["user_data"]!.AsObject()));
    }

    private static string Name(JsonNode received) => received["event_name"]!.GetValue<string>();

    private static string? Email(JsonNode received) => received["user_data"]!["em"]?[0]!.GetValue<string>();

    private static bool AllHashed(JsonObject person) =>
        Hashed
            .Where(person.ContainsKey)
            .SelectMany(key => person[key] is JsonArray list ? list.ToArray() : [person[key]])
            .All(value => value!.GetValue<string>() is { Length: 64 } text && text.All(char.IsAsciiHexDigitLower));

    private static string? Sha256(string? text) =>
        text is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>One service for all clients.</summary>
    public sealed class Service : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();
        private ServiceProcess? _process;

        public Uri Address => _process!.Address;

        internal ReceivedEvents Received { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            _process = await ServiceProcess.StartAsync(_folder, Settings.OwnSandbox);
            Received = new ReceivedEvents(new HttpClient { BaseAddress = Address });
        }

        /// <summary>Waits until nothing is left to deliver, so that no further event can arrive.</summary>
        public async Task UntilIdleAsync()
        {
            _process!.Http.DefaultRequestHeaders.Authorization = new("Bearer", Settings.AdminKey);
            while (
                JsonNode
                    .Parse(await _process.Http.GetStringAsync("/api/backlog"))!
                    .AsArray()
                    .Any(backlog => backlog!["events"]!.GetValue<long>() > 0)
            )
            {
                await Task.Delay(20);
            }
        }

        public async Task DisposeAsync()
        {
            Received.Dispose();
            await _process!.DisposeAsync();
            _folder.Dispose();
        }
    }
}
