using System.Net.Http.Headers;
using System.Text;
using FluentAssertions.Execution;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Acceptance;

/// <summary>
/// Canaries in every field, header and failure path of a real process that logs all it can; then they are searched
/// everywhere. The clear values that Meta wants (address, user agent, external id) may stand in stored payloads and
/// nowhere else; where payloads are encrypted, in no file at all.
/// </summary>
public sealed class LeakTests : IDisposable
{
    private const string AdminKey = "kanari-operator-key";
    private const string Logging =
        """ "Logging": { "LogLevel": { "Default": "Trace", "Microsoft.AspNetCore": "Trace", "Microsoft.AspNetCore.Hosting.Diagnostics": "Trace", "System.Net.Http": "Trace" }, "Serilog": { "LogLevel": { "Default": "Trace" } } } """;

    private static readonly Dictionary<string, (string Path, string Key)> Sources = new(StringComparer.Ordinal)
    {
        ["mparticle"] = ("/mparticle/v2/bulkevents", "kanari-mp:kanari-secret"),
        ["segment"] = ("/segment/v1/import", "kanari-segment"),
        ["rudderstack"] = ("/rudderstack/v1/import", "kanari-rudder"),
        ["commandersact"] = ("/commandersact/events/batch", "kanari-commander"),
    };

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _answers = [];
    private readonly List<string> _payloads = []; // answers that show stored payloads

    [Theory]
    [InlineData(false, "Text", " DBG ")]
    [InlineData(true, "Json", "\"@l\":\"Debug\"")]
    public async Task No_person_and_no_secret_is_in_a_log_file_answer_metric_or_trace_whatever_goes_wrong(
        bool encrypted,
        string logFormat,
        string debugLevel
    )
    {
        await using var graph = await QuotingGraph.StartAsync();
        var settings = $"\"Logs\": {{ \"Format\": \"{logFormat}\" }}, {SettingsFor(graph.Address, encrypted)}";
        await using var service = await ServiceProcess.StartAsync(
            _folder,
            settings,
            hook: typeof(StartupHook).Assembly.Location
        );
        var changes = ChangeSettingsAsync(service, settings);
        await PostEventsAsync(service);
        await BeRefusedAsync(service);
        await OperateAsync(service);
        await service.UntilAsync(() =>
            Task.FromResult(QuotingGraph.Troubles.All(graph.Asked.ContainsKey) && graph.Asked.ContainsKey("fine"))
        );
        await service.UntilAsync(async () =>
            (await AskAsync(service, HttpMethod.Get, "/api/failed?limit=1000", shows: _payloads))
                .Split("\"refused_by_meta\"")
                .Length > 2
        );
        await changes;
        await LookAsync(service);
        await service.KillAsync();

        var (log, telemetry) = (service.Output, await File.ReadAllTextAsync(_folder.File(StartupHook.File)));
        using var all = new AssertionScope();
        Canary.In(log).Should().BeEmpty("it is the log");
        _answers.SelectMany(answer => Canary.In(answer)).Should().BeEmpty("they were answers");
        _payloads
            .SelectMany(answer => Canary.In(answer, isStored: true))
            .Should()
            .BeEmpty("they showed what is stored");
        Canary
            .In(
                Directory
                    .EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories)
                    .Where(file => !file.EndsWith("settings.json", StringComparison.Ordinal)),
                storesClear: !encrypted
            )
            .Should()
            .BeEmpty("they are files");
        Canary
            .In(Directory.EnumerateFiles(_folder.Path, "outbox.db*", SearchOption.AllDirectories), storesClear: false)
            .Any()
            .Should()
            .Be(!encrypted, "what Meta wants clear stands in payloads, and encrypted in no file");
        graph
            .Headers.Keys.Should()
            .NotContain("traceparent")
            .And.NotContain("baggage", "what callers sent along is not Meta's");
        _payloads[^1]
            .Should()
            .Contain("\"refused\"")
            .And.Contain("\"named\"")
            .And.Contain(Canary.Id, "the event itself is shown");
        log.Should()
            .Contain(debugLevel)
            .And.Contain("halted at dataset", "without all of it there would be nothing to search");
        telemetry
            .Should()
            .Contain("http.server.request.duration")
            .And.Contain("HttpRequestIn")
            .And.Contain("http.client.request.duration");
    }

    [Fact]
    public async Task A_start_that_is_refused_repeats_no_value_that_could_be_a_secret()
    {
        var (exit, output) = await ServiceProcess.RunAsync(_folder, WrongSettings);

        exit.Should().Be(1);
        output.Should().Contain("Connections:wrong:BatchSize");
        Canary.In(output).Should().BeEmpty();
    }

    public void Dispose() => _folder.Dispose();

    private async Task PostEventsAsync(ServiceProcess service)
    {
        foreach (var (source, (path, key)) in Sources)
        {
            foreach (var body in Canary.Events(source).Select(Canary.Personal))
            {
                await PostAsync(service, path, body.ToJsonString(), key);
            }

            var whole = Canary.Personal(Canary.Events(source, "maximal.json").Single());
            foreach (var body in Canary.EachField(whole))
            {
                await PostAsync(service, path, body, key);
            }
        }

        var order = Canary.Personal(Canary.Events("segment", "maximal.json").Single());
        foreach (var trouble in QuotingGraph.Troubles.Append("fine"))
        {
            (await PostAsync(service, "/v1/track", order.ToJsonString(), $"kanari-{trouble}")).Should().BeTrue();
        }
    }

    private async Task BeRefusedAsync(ServiceProcess service)
    {
        foreach (var (source, (path, key)) in Sources)
        {
            var whole = Canary.Personal(Canary.Events(source, "maximal.json").Single()).ToJsonString();
            foreach (
                var body in new[]
                {
                    whole[..^20],
                    $"[\"{Canary.Email}\",",
                    $"\"{Canary.Email}\"",
                    Canary.Email,
                    $"{{\"{Canary.Email}\":",
                    whole + new string(' ', 200_000),
                    $"{{\"batch\":\"{Canary.Email}\",\"events\":\"{Canary.Phone}\"}}",
                }
            )
            {
                await PostAsync(service, path, body, key);
            }

            await PostAsync(service, path, whole, "kanari-nobody:kanari");
            await PostAsync(service, path, whole, key: null, ("Authorization", "Bearer kanari-nobody"));
            await PostAsync(service, path, whole, key: null, ("Authorization", $"{Canary.Email} {Canary.Token}"));
            await PostAsync(
                service,
                $"{path}?token=kanari-nobody&writeKey=kanari-nobody&email={Canary.Email}",
                whole,
                key: null
            );
            await PostAsync(
                service,
                path,
                $"{{\"writeKey\":\"kanari-nobody\",\"event\":\"{Canary.Email}\"}}",
                key: null
            );
            await PostAsync(service, path, whole, key, ("Content-Encoding", "gzip"));
            await PostAsync(service, path, whole, key, ("Content-Encoding", "kanari"));
            await PostAsync(service, $"/{Canary.Email}{path}?token={Canary.Token}", whole, key);
        }

        await PostAsync(
            service,
            $"/commandersact/events?token={Sources["commandersact"].Key}",
            Canary.Events("commandersact", "minimal.json").Single().ToJsonString(),
            key: null
        );
        await PostAsync(service, "/v1/track", "{}", "kanari-guarded", ("Authorization", $"Bearer {Canary.Token}"));
        await PostAsync(
            service,
            "/v1/track?writeKey=kanari-guarded",
            "{}",
            key: null,
            ("Authorization", "kanari wrong header")
        );
        await PostAsync(service, "/v1/track", "{}", "kanari-guarded", ("X-Signature", "kanari"));
        foreach (
            var request in new[]
            {
                $"KANARI /v1/track?token=kanari HTTP/1.1\r\nHost: kanari.example\r\nContent-Length: 0\r\n\r\n",
                $"GET /{Canary.Email} HTTP/1.1\r\nHost: {Canary.Email}\r\n\r\n",
                $"POST /v1/track?token=kanari bad HTTP/1.1\r\nHost: localhost\r\n\r\n",
                $"POST /v1/track HTTP/1.1\r\nHost: localhost\r\nAuthorization {Canary.Token}\r\n\r\n",
                $"POST /v1/track HTTP/1.1\r\nHost: localhost\r\nContent-Length: kanari\r\n\r\n",
                $"POST /v1/track HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nAuthorization: Basic {Convert.ToBase64String("kanari-segment:"u8)}\r\n\r\nkanari\r\n",
            }
        )
        {
            using var connection = await RawConnection.OpenAsync(service.Address);
            await connection.SendAsync(Encoding.UTF8.GetBytes(request));
            var answer = connection.Read();
            _answers.Add($"{answer.Body} {string.Join(' ', answer.Headers)}");
        }
    }

    private async Task OperateAsync(ServiceProcess service)
    {
        await PostAsync(service, "/api/failed/replay", "{}", key: null, ("Authorization", "Bearer kanari-wrong"));
        foreach (
            var route in new[]
            {
                $"/api/failed?limit=kanari&token={Canary.Token}",
                $"/api/failed?connection={Canary.Email}&before=kanari",
                $"/api/failed?since={Canary.Email}",
                $"/api/{Canary.Email}",
            }
        )
        {
            await AskAsync(service, HttpMethod.Get, route);
        }

        await AskAsync(service, HttpMethod.Post, $"/api/connections/{Canary.Email}/pause");
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
            await AskAsync(service, HttpMethod.Post, "/api/failed/replay", body);
            await AskAsync(service, HttpMethod.Post, "/api/failed/discard", body);
        }

        string[] erasures =
        [
            $"{{\"email\":\"{Canary.Email}.nobody\",\"phone\":[\"+49 151 1424 2000\"],\"externalId\":\"kanari-nobody\"}}",
            $"{{\"email\":\"{Canary.Email} not\"}}",
            $"{{\"phone\":\"kanari\"}}",
            $"{{\"{Canary.Email}\":1}}",
            $"{{\"email\":{{\"{Canary.Email}\":1}}}}",
            Canary.Email,
        ];
        foreach (var body in erasures)
        {
            await AskAsync(service, HttpMethod.Post, "/api/erasure", body);
        }

        var sale = Canary.Personal(Canary.Events("segment", "maximal.json").Single()).ToJsonString();
        var order = "\"Events\": [{ \"Event\": \"Order Completed\", \"EventSetId\": \"1\" }]";
        await AskAsync(
            service,
            HttpMethod.Post,
            "/api/preview",
            $$"""{"connection":"{{Canary.Email}}","{{Canary.Email}}":1,"receivedAt":"{{Canary.Email}}","body":{{sale}}}"""
        );
        await AskAsync(
            service,
            HttpMethod.Post,
            "/api/preview",
            $$"""{"connection":{{{WrongConnection}}},"body":{{sale}}}"""
        );
        await AskAsync(
            service,
            HttpMethod.Post,
            "/api/preview",
            $$"""{"connection":"segment","body":"{{Canary.Email}}"}"""
        );
        await AskAsync(service, HttpMethod.Post, "/api/preview", $$"""{"connection":"segment","body":{{sale[..^9]}}""");
        var preview = await AskAsync(
            service,
            HttpMethod.Post,
            "/api/preview",
            $$"""{"connection":{"Source":"Segment","AccessToken":"{{Canary.Token}}","WriteKeys":["kanari-inline"],"Segment":{ {{order}} } },"body":{{sale}}}""",
            _payloads
        );
        preview.Should().Contain("\"accepted\"");
    }

    private async Task ChangeSettingsAsync(ServiceProcess service, string settings)
    {
        await File.WriteAllTextAsync(
            _folder.File("settings.json"),
            $"{{ {settings.Replace(Canary.Token, "kanariNewToken", StringComparison.Ordinal).Replace("kanari-shared-header", "kanari-exchanged-header", StringComparison.Ordinal)} }}"
        );
        await service.UntilAsync(() =>
            Task.FromResult(service.Output.Contains("Applied the changed configuration", StringComparison.Ordinal))
        );
        await File.WriteAllTextAsync(_folder.File("settings.json"), $"{{ {WrongSettings} }}");
        await service.UntilAsync(() =>
            Task.FromResult(service.Output.Contains("Rejected the changed configuration", StringComparison.Ordinal))
        );
        var refusals = service.Output.Split("Rejected the changed configuration").Length;
        await File.WriteAllTextAsync(_folder.File("settings.json"), $"{{ \"Admin\": {{ \"ApiKey\": {AdminKey}");
        await service.UntilAsync(() =>
            Task.FromResult(service.Output.Split("Rejected the changed configuration").Length > refusals)
        );
    }

    /// <summary>All that the operator's side shows.</summary>
    private async Task LookAsync(ServiceProcess service)
    {
        foreach (
            var route in new[]
            {
                "/api/connections",
                "/api/ledger",
                "/api/backlog",
                "/api/outcomes",
                "/healthz",
                "/readyz",
                "/openapi/v1.json",
            }
        )
        {
            (await AskAsync(service, HttpMethod.Get, route)).Should().NotBeEmpty(route);
        }

        (await AskAsync(service, HttpMethod.Get, "/metrics"))
            .Should()
            .MatchRegex("outcome=\"accepted\".* [1-9]")
            .And.MatchRegex("outcome=\"rejected\".* [1-9]");
        (await AskAsync(service, HttpMethod.Get, $"/api/failed?limit=1&token={Canary.Token}", shows: _payloads))
            .Should()
            .Contain("rel=\"next\"");
        await AskAsync(service, HttpMethod.Get, "/api/failed?limit=1000", shows: _payloads);
    }

    private async Task<bool> PostAsync(
        ServiceProcess service,
        string path,
        string body,
        string? key,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        request.Headers.Authorization = key is null
            ? null
            : new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes(key.Contains(':') ? key : $"{key}:"))
            );
        foreach (
            var (name, value) in headers.Concat([
                ("User-Agent", $"{Canary.Agent} {Canary.Email}"),
                ("X-Forwarded-For", Canary.Address),
                ("Referer", $"https://shop.example/?email={Canary.Email}"),
                ("Cookie", $"session={Canary.Token}"),
                ("Origin", "https://kanari.example"),
                ("X-Request-Id", Canary.Email),
                ("baggage", "person=kanari"),
                ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
                ("Request-Id", "|kanari.1"),
                ("tracestate", "kanari=1"),
                ("Prefer", "return=representation"),
            ])
        )
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await AnswerAsync(service, request, _answers) is ['2', ..];
    }

    private async Task<string> AskAsync(
        ServiceProcess service,
        HttpMethod method,
        string route,
        string? body = null,
        List<string>? shows = null
    )
    {
        using var request = new HttpRequestMessage(method, route)
        {
            Content = body is null ? null : new StringContent(body),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        return await AnswerAsync(service, request, shows ?? _answers);
    }

    private static async Task<string> AnswerAsync(
        ServiceProcess service,
        HttpRequestMessage request,
        List<string> answers
    )
    {
        using var answer = await service.Http.SendAsync(request);
        var text =
            $"{(int)answer.StatusCode} {request.Method} {request.RequestUri!.OriginalString.Split('?')[0].Replace(Canary.Email, "…", StringComparison.Ordinal)} {answer.Headers} {answer.Content.Headers} {await answer.Content.ReadAsStringAsync()}";
        ((int)answer.StatusCode).Should().NotBe(500, text);
        answers.Add(text);
        return text;
    }

    private static string SettingsFor(Uri graph, bool encrypted)
    {
        var orders = """ "Segment": { "Events": [{ "Event": "Order Completed", "EventSetId": "SET" }] } """;
        var troubles = QuotingGraph
            .Troubles.Append("fine")
            .Select(trouble =>
                $$""" "{{trouble}}": { "Source": "Segment", "WriteKeys": ["kanari-{{trouble}}"], "AccessToken": "{{Canary.Token}}", "AppSecret": "kanari-app-secret", {{orders.Replace("SET", trouble, StringComparison.Ordinal)}} }, """
            );
        return $$"""
            {{Logging}}, "Admin": { "ApiKey": "{{AdminKey}}" }, "Ingestion": { "MaxBodyBytes": 131072 }, "Cors": { "Origins": ["https://shop.example"] },
            "Graph": { "BaseAddress": "{{graph}}", "Timeout": "00:00:00.5" }, "Delivery": { "FlushInterval": "00:00:00.05" }, "Outbox": { "Encrypt": {{(
                encrypted ? "true" : "false"
            )}} },
            "Connections": {
              {{string.Concat(troubles)}}
              "guarded": { "Source": "Segment", "WriteKeys": ["kanari-guarded"], "AccessToken": "{{Canary.Token}}", "SharedHeader": { "Name": "Authorization", "Value": "kanari-shared-header" },
                           "Segment": { "SharedSecret": "kanari-shared-secret", "Events": [{ "Event": "Order Completed", "EventSetId": "1" }] } },
              "mparticle": { "Source": "MParticle", "WriteKeys": ["{{Sources[
                "mparticle"
            ].Key}}"], "AccessToken": "{{Canary.Token}}", "DatasetId": "1", "MParticle": { "AdditionalMatchKeys": true, "EmailType": "Email" } },
              "segment": { "Source": "Segment", "WriteKeys": ["{{Sources[
                "segment"
            ].Key}}"], "AccessToken": "{{Canary.Token}}", {{orders.Replace("SET", "2", StringComparison.Ordinal)}} },
              "rudderstack": { "Source": "RudderStack", "WriteKeys": ["{{Sources[
                "rudderstack"
            ].Key}}"], "AccessToken": "{{Canary.Token}}",
                               "RudderStack": { "EventsToIds": [{ "From": "Purchase", "To": "3" }, { "From": "AddToCart", "To": "3" }, { "From": "Search", "To": "3" }] } },
              "commandersact": { "Source": "CommandersAct", "WriteKeys": ["{{Sources[
                "commandersact"
            ].Key}}"], "AccessToken": "{{Canary.Token}}", "DatasetId": "4" }
            }
            """;
    }

    private static string WrongConnection =>
        $$"""
            "Source": "{{Canary.Token}}", "Api": "{{Canary.Email}}", "ActionSource": "{{Canary.Token}}", "DefaultCurrency": "{{Canary.Token}}", "DefaultCountry": "{{Canary.Token}}", "DateOrder": "{{Canary.Token}}",
            "HashExternalId": "{{Canary.Phone}}", "BatchSize": "5000", "DeduplicationWindow": "{{Canary.Token}}", "DatasetId": "{{Canary.Token}} {{Canary.Email}}", "{{Canary.Email}}": 1,
            "WriteKeys": [ "kanari", "kanari kanari" ], "AccessToken": { "kanari": "{{Canary.Token}}" }, "AppSecret": "{{Canary.Token}}", "SharedHeader": { "Name": "kanari {{Canary.Token}}", "Value": "kanari" }
            """;

    private static string WrongSettings =>
        $$"""
            {{Logging}}, "Graph": { "BaseAddress": "https://{{Canary.Token}}@graph.facebook.com/?access_token={{Canary.Token}}", "ApiVersion": "{{Canary.Token}}", "Timeout": "{{Canary.Token}}" },
            "Admin": { "ApiKey": "kanari", "ApiKeyFile": "{{Canary.Token}}", "Port": "{{Canary.Token}}" }, "Cors": { "Origins": [ "{{Canary.Token}}" ] },
            "Connections": { "wrong": { {{WrongConnection.Replace(
                $"\"{Canary.Email}\": 1,",
                "",
                StringComparison.Ordinal
            )}} },
              "files": { "Source": "Segment", "WriteKeysFile": "{{Canary.Token}}/kanari==", "AccessTokenFile": "{{Canary.Token}}", "AppSecretFile": "/{{Canary.Token}}" } }
            """;
}
