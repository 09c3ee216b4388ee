namespace OfflineConversions.Server.Tests.Acceptance.Privacy;

/// <summary>Uses the operator's routes with canaries, and looks at everything that they show.</summary>
internal sealed class CanaryOperator(CanaryClient client)
{
    private const string Replay = "/api/failed/replay";
    private const string Discard = "/api/failed/discard";
    private const string Erasure = "/api/erasure";
    private const string Preview = "/api/preview";

    /// <summary>Sends what is wrong in every way.</summary>
    public async Task OperateAsync()
    {
        await client.PostAsync(Replay, "{}", key: null, new CanaryHeader("Authorization", "Bearer kanari-wrong"));
        string[] routes =
        [
            $"/api/failed?limit=kanari&token={Canary.Token}",
            $"/api/failed?connection={Canary.Email}&before=kanari",
            $"/api/failed?since={Canary.Email}",
            $"/api/{Canary.Email}",
        ];
        foreach (var route in routes)
        {
            await client.OperateAsync(HttpMethod.Get, route);
        }

        await client.OperateAsync(HttpMethod.Post, $"/api/connections/{Canary.Email}/pause");
        await ResolveAsync();
        await EraseAsync();
        await PreviewAsync();
    }

    /// <summary>Reads every page that shows something.</summary>
    public async Task LookAsync()
    {
        string[] routes =
        [
            "/api/connections",
            "/api/ledger",
            "/api/backlog",
            "/api/outcomes",
            "/api/funnel",
            "/healthz",
            "/readyz",
            "/openapi/v1.json",
        ];
        foreach (var route in routes)
        {
            (await client.OperateAsync(HttpMethod.Get, route)).Should().NotBeEmpty(route);
        }

        (await client.OperateAsync(HttpMethod.Get, "/metrics"))
            .Should()
            .MatchRegex("outcome=\"accepted\".* [1-9]")
            .And.MatchRegex("outcome=\"rejected\".* [1-9]");
        var firstPage = $"/api/failed?limit=1&token={Canary.Token}";
        (await client.OperateAsync(HttpMethod.Get, firstPage, showsPayloads: true)).Should().Contain("rel=\"next\"");
        await FailedAsync();
    }

    /// <summary>The list of failed events.</summary>
    public Task<string> FailedAsync() =>
        client.OperateAsync(HttpMethod.Get, "/api/failed?limit=1000", showsPayloads: true);

    private async Task ResolveAsync()
    {
        string[] bodies =
        [
            $"{{\"{Canary.Email}\":1}}",
            $"{{\"ids\":[\"{Canary.Email}\"]}}",
            $"{{\"connection\":\"{Canary.Email}\"}}",
            $"{{\"connection\":\"{Canary.Email}\",\"dryRun\":true}}",
            $"{{\"since\":\"{Canary.Email}\"}}",
            Canary.Email,
            $"\"{Canary.Email}\"",
        ];
        foreach (var body in bodies)
        {
            await client.OperateAsync(HttpMethod.Post, Replay, body);
            await client.OperateAsync(HttpMethod.Post, Discard, body);
        }
    }

    private async Task EraseAsync()
    {
        string[] bodies =
        [
            $$"""{"email":"{{Canary.Email}}.nobody","phone":["+49 151 1424 2000"],"externalId":"kanari-nobody"}""",
            $"{{\"email\":\"{Canary.Email} not\"}}",
            $"{{\"phone\":\"kanari\"}}",
            $"{{\"{Canary.Email}\":1}}",
            $"{{\"email\":{{\"{Canary.Email}\":1}}}}",
            Canary.Email,
        ];
        foreach (var body in bodies)
        {
            await client.OperateAsync(HttpMethod.Post, Erasure, body);
        }
    }

    private async Task PreviewAsync()
    {
        var sale = Canary.Personal(Canary.Events("segment", "maximal.json").Single()).ToJsonString();
        string[] wrong =
        [
            $$"""
                {
                  "connection": "{{Canary.Email}}", "{{Canary.Email}}": 1, "receivedAt": "{{Canary.Email}}",
                  "body": {{sale}}
                }
                """,
            $$"""{"connection":{ {{LeakSettings.WrongConnection}} },"body":{{sale}}}""",
            $$"""{"connection":"segment","body":"{{Canary.Email}}"}""",
            $$"""{"connection":"segment","body":{{sale[..^9]}}""",
        ];
        foreach (var body in wrong)
        {
            await client.OperateAsync(HttpMethod.Post, Preview, body);
        }

        var inline = $$"""
            {
              "connection": {
                "Source": "Segment", "AccessToken": "{{Canary.Token}}", "WriteKeys": ["kanari-inline"],
                "Segment": { "Events": [{ "Event": "Order Completed", "EventSetId": "1" }] }
              },
              "body": {{sale}}
            }
            """;
        var preview = await client.OperateAsync(HttpMethod.Post, Preview, inline, showsPayloads: true);
        preview.Should().Contain("\"accepted\"");
    }
}
