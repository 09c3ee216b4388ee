using System.Text.Json.Nodes;

namespace OfflineConversions.Server.Tests.Acceptance.Privacy;

/// <summary>Posts canaries as the four sources, in every field and in every way that is refused.</summary>
internal sealed class CanarySource(CanaryClient client)
{
    /// <summary>Posts events that the service maps.</summary>
    public async Task PostEventsAsync()
    {
        foreach (var (source, (path, key)) in LeakSettings.Sources)
        {
            foreach (var body in Canary.Events(source).Select(Canary.Personal))
            {
                await client.PostAsync(path, body.ToJsonString(), key);
            }

            foreach (var body in Canary.EachField(Maximal(source)))
            {
                await client.PostAsync(path, body, key);
            }
        }

        var order = Maximal("segment").ToJsonString();
        foreach (var trouble in QuotingGraph.Troubles.Append("fine"))
        {
            (await client.PostAsync("/v1/track", order, $"kanari-{trouble}")).Should().BeTrue();
        }
    }

    /// <summary>Posts requests that the service refuses.</summary>
    public async Task PostRefusedAsync()
    {
        foreach (var (source, (path, key)) in LeakSettings.Sources)
        {
            var whole = Maximal(source).ToJsonString();
            await PostWrongBodiesAsync(path, key, whole);
            await PostWrongKeysAsync(path, whole);
            await client.PostAsync(path, whole, key, new CanaryHeader("Content-Encoding", "gzip"));
            await client.PostAsync(path, whole, key, new CanaryHeader("Content-Encoding", "kanari"));
            await client.PostAsync($"/{Canary.Email}{path}?token={Canary.Token}", whole, key);
        }

        await client.PostAsync(
            $"/commandersact/events?token={LeakSettings.Sources["commandersact"].Key}",
            Canary.Events("commandersact", "minimal.json").Single().ToJsonString(),
            key: null
        );
        await PostToGuardedAsync();
        await SendNoHttpAsync();
    }

    private async Task PostWrongBodiesAsync(string path, string key, string whole)
    {
        string[] bodies =
        [
            whole[..^20],
            $"[\"{Canary.Email}\",",
            $"\"{Canary.Email}\"",
            Canary.Email,
            $"{{\"{Canary.Email}\":",
            whole + new string(' ', 200_000),
            $"{{\"batch\":\"{Canary.Email}\",\"events\":\"{Canary.Phone}\"}}",
        ];
        foreach (var body in bodies)
        {
            await client.PostAsync(path, body, key);
        }
    }

    private async Task PostWrongKeysAsync(string path, string whole)
    {
        await client.PostAsync(path, whole, "kanari-nobody:kanari");
        await client.PostAsync(path, whole, key: null, new CanaryHeader("Authorization", "Bearer kanari-nobody"));
        await client.PostAsync(
            path,
            whole,
            key: null,
            new CanaryHeader("Authorization", $"{Canary.Email} {Canary.Token}")
        );
        await client.PostAsync(
            $"{path}?token=kanari-nobody&writeKey=kanari-nobody&email={Canary.Email}",
            whole,
            key: null
        );
        await client.PostAsync(path, $"{{\"writeKey\":\"kanari-nobody\",\"event\":\"{Canary.Email}\"}}", key: null);
    }

    /// <summary>The connection that needs a shared header and a signature.</summary>
    private async Task PostToGuardedAsync()
    {
        await client.PostAsync(
            "/v1/track",
            "{}",
            "kanari-guarded",
            new CanaryHeader("Authorization", $"Bearer {Canary.Token}")
        );
        await client.PostAsync(
            "/v1/track?writeKey=kanari-guarded",
            "{}",
            key: null,
            new CanaryHeader("Authorization", "kanari wrong header")
        );
        await client.PostAsync("/v1/track", "{}", "kanari-guarded", new CanaryHeader("X-Signature", "kanari"));
    }

    private async Task SendNoHttpAsync()
    {
        var authorization = $"Authorization: Basic {Convert.ToBase64String("kanari-segment:"u8)}";
        string[] requests =
        [
            "KANARI /v1/track?token=kanari HTTP/1.1\r\nHost: kanari.example\r\nContent-Length: 0\r\n\r\n",
            $"GET /{Canary.Email} HTTP/1.1\r\nHost: {Canary.Email}\r\n\r\n",
            "POST /v1/track?token=kanari bad HTTP/1.1\r\nHost: localhost\r\n\r\n",
            $"POST /v1/track HTTP/1.1\r\nHost: localhost\r\nAuthorization {Canary.Token}\r\n\r\n",
            "POST /v1/track HTTP/1.1\r\nHost: localhost\r\nContent-Length: kanari\r\n\r\n",
            "POST /v1/track HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
                + $"{authorization}\r\n\r\nkanari\r\n",
        ];
        foreach (var request in requests)
        {
            await client.SendRawAsync(request);
        }
    }

    private static JsonNode Maximal(string source) => Canary.Personal(Canary.Events(source, "maximal.json").Single());
}
