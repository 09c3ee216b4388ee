using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Tests.Ingestion;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>Secrets and connections change under load, on the whole service with its outbox on disk.</summary>
public sealed class RotationTests : IAsyncLifetime
{
    private const string First = "the-operators-key";
    private const string Second = "the-operators-next-key";
    private ScriptedGraph _graph = null!;
    private ServiceUnderTest _service = null!;
    private string _settings = null!;

    public async Task InitializeAsync()
    {
        _graph = await ScriptedGraph.StartAsync();
        _service = await ServiceUnderTest.StartAsync(
            $$"""
            "Admin": { "ApiKey": "{{First}}" }, "Graph": { "BaseAddress": "{{_graph.Address}}" },
              "Delivery": { "FlushInterval": "00:00:00.05" }, {{ServiceUnderTest.FourSources}}
            """,
            onDisk: true
        );
        _settings = await File.ReadAllTextAsync(_service.SettingsFile);
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        await _graph.DisposeAsync();
    }

    [Fact]
    public async Task Write_key_token_and_operators_key_are_rotated_without_a_restart_and_without_a_refused_event()
    {
        var answers = new ConcurrentBag<HttpStatusCode>();
        using var end = new CancellationTokenSource();
        var key = "seg-key-1";
        var shop = Task.Run(async () =>
        {
            for (var n = 0; !end.IsCancellationRequested; n++)
            {
                answers.Add(await SellAsync($"sale-{n}", Volatile.Read(ref key)));
                await Task.Delay(2);
            }
        });

        // Both keys, then the shop changes to the new one, then only the new one. Token and operator's key are turned
        // meanwhile.
        await ChangeAsync(
            _settings.Replace("\"seg-key-1\"", "\"seg-key-1\", \"seg-next-key\"", StringComparison.Ordinal)
        );
        await Wait.UntilAsync(async () => await KnowsAsync("seg-next-key"));
        Volatile.Write(ref key, "seg-next-key");
        await ChangeAsync(
            _settings
                .Replace("\"seg-key-1\"", "\"seg-next-key\"", StringComparison.Ordinal)
                .Replace("t0ken", "next-token", StringComparison.Ordinal)
                .Replace(First, Second, StringComparison.Ordinal)
        );
        await Wait.UntilAsync(async () => !await KnowsAsync("seg-key-1"));
        await Wait.UntilAsync(() => Task.FromResult(_graph.Requests[^1]["access_token"] == "next-token"));
        await end.CancelAsync();
        await shop;

        answers.Should().HaveCountGreaterThan(20).And.OnlyContain(status => status == HttpStatusCode.OK);
        (await OperateAsync(First)).Should().Be(HttpStatusCode.Unauthorized);
        (await OperateAsync(Second)).Should().Be(HttpStatusCode.OK);
        await Wait.UntilAsync(async () =>
            (await LedgerAsync(Second)) is var seg
            && seg.GetProperty("accepted").GetInt64() == answers.Count
            && seg.GetProperty("delivered").GetInt64() == answers.Count
        );
        _graph.Requests.Select(request => request["access_token"]).Distinct().Should().Equal("t0ken", "next-token");
    }

    [Fact]
    public async Task Events_of_a_connection_that_is_taken_away_wait_in_sight_of_the_operator_until_it_comes_back()
    {
        _graph.Otherwise = _ => Scripted.Error(190, status: 401);
        (await SellAsync("sale", "seg-key-1")).Should().Be(HttpStatusCode.OK);
        await Wait.UntilAsync(async () => (await ConnectionAsync("seg")).GetProperty("state").GetString() == "halted");
        var without = JsonNode.Parse(_settings)!;
        without["Connections"]!.AsObject().Remove("seg");

        await ChangeAsync(without.ToJsonString());
        await Wait.UntilAsync(async () =>
            (await ConnectionAsync("seg")).GetProperty("state").GetString() == "unconfigured"
        );
        (await SellAsync("another", "seg-key-1")).Should().Be(HttpStatusCode.Unauthorized);
        (await ConnectionAsync("seg")).GetProperty("pending").GetInt64().Should().Be(1);
        (await _service.Http.GetStringAsync("/metrics"))
            .Should()
            .Contain("""offlineconversions_backlog_events{connection="seg"} 1""");
        (await _service.GetJsonAsync("/readyz"))
            .TryGetProperty("connections", out _)
            .Should()
            .BeFalse("what is not configured is not in trouble");

        _graph.Otherwise = request => Scripted.Taken(request.Events.Count);
        await ChangeAsync(_settings);
        await Wait.UntilAsync(async () => (await LedgerAsync(First)).GetProperty("delivered").GetInt64() == 1);
        (await ConnectionAsync("seg")).GetProperty("state").GetString().Should().Be("active");
    }

    [Fact]
    public void Of_write_keys_and_the_operators_key_nothing_but_digests_is_kept()
    {
        var configuration = _service.Services.GetRequiredService<IConfiguration>();

        configuration["Connections:seg:AccessToken"].Should().Be("t0ken", "the test looks at the right place");
        configuration
            .AsEnumerable()
            .Select(entry => entry.Value)
            .Should()
            .NotContain(["seg-key-1", "mp-key:mp-secret", First]);
        var options = _service.Services.GetRequiredService<Server.Configuration.ServiceOptions>();
        options.Admin.ApiKey.Should().BeNull();
        options.Connections.Values.SelectMany(connection => connection.WriteKeys).Should().BeEmpty();
    }

    private async Task<HttpStatusCode> SellAsync(string messageId, string key)
    {
        var sale = JsonNode.Parse(ServiceUnderTest.Sample(SourceName.Segment, "/v1/track"))!;
        sale["messageId"] = messageId;
        using var answer = await _service.PostAsync("/v1/track", sale.ToJsonString(), key);
        return answer.StatusCode;
    }

    /// <summary>A malformed body is refused only after its key was found.</summary>
    private async Task<bool> KnowsAsync(string key)
    {
        using var answer = await _service.PostAsync("/segment/v1/track", "oops", key);
        return answer.StatusCode == HttpStatusCode.BadRequest;
    }

    private async Task<HttpStatusCode> OperateAsync(string key)
    {
        using var answer = await AskAsync("/api/ledger", key);
        return answer.StatusCode;
    }

    private async Task<JsonElement> LedgerAsync(string key)
    {
        using var answer = await AskAsync("/api/ledger", key);
        return JsonElement
            .Parse(await answer.Content.ReadAsStringAsync())
            .EnumerateArray()
            .Single(line => line.GetProperty("connection").GetString() == "seg");
    }

    private async Task<JsonElement> ConnectionAsync(string name)
    {
        using var answer = await AskAsync("/api/connections", First);
        return JsonElement
            .Parse(await answer.Content.ReadAsStringAsync())
            .EnumerateArray()
            .Single(line => line.GetProperty("name").GetString() == name);
    }

    private Task<HttpResponseMessage> AskAsync(string path, string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return _service.Http.SendAsync(request);
    }

    /// <summary>As careful editors and mounts do it: written beside it, then moved over it.</summary>
    private async Task ChangeAsync(string settings)
    {
        await File.WriteAllTextAsync(_service.SettingsFile + ".new", settings);
        File.Move(_service.SettingsFile + ".new", _service.SettingsFile, overwrite: true);
    }
}
