using System.Net;
using System.Net.Http.Headers;
using System.Text;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Acceptance.Privacy;

/// <summary>Copies of write keys and of the operator's key do not accumulate in the memory of the process.</summary>
public sealed class KeysInMemoryTests
{
    private const string WriteKey = "write-key-3f6c1b7e90d24a58";
    private const string OperatorKey = "operator-key-8d21a4f07c9e4b63";
    private const int Connections = 8;

    private const int Requests = 4000;
    private const int Reloads = 8;

    [LinuxFact]
    public async Task Copies_of_keys_in_memory_do_not_grow_with_reloads()
    {
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder);
        await UseAsync(service, 200);
        await ReloadAsync(service, folder, 1);
        var before = await CountAsync(service, folder);

        for (var times = 2; times < 2 + Reloads; times++)
        {
            await ReloadAsync(service, folder, times);
        }

        // The buffer in which the file was read last may hold a copy that the first count did not see.
        (await CountAsync(service, folder) - before).Most.Should().BeLessThanOrEqualTo(Reloads / 2);
    }

    [LinuxFact]
    public async Task Copies_of_keys_in_memory_do_not_grow_with_requests()
    {
        using var folder = new TemporaryFolder();
        await using var service = await StartAsync(folder);
        await UseAsync(service, 200);
        var before = await CountAsync(service, folder);

        await UseAsync(service, Requests);

        // A pooled buffer holds what it received last until it is used again. The number of buffers depends on how many
        // requests were in flight at once, not on how many there were.
        (await CountAsync(service, folder) - before).Most.Should().BeLessThanOrEqualTo(Requests / 50);
    }

    private static Task<ServiceProcess> StartAsync(TemporaryFolder folder) =>
        ServiceProcess.StartAsync(
            folder,
            SettingsWith(timeoutSeconds: 10),
            hook: typeof(KeysInMemoryTests).Assembly.Location
        );

    private static async Task UseAsync(ServiceProcess service, int times)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = Connections };
        using var http = new HttpClient(handler) { BaseAddress = service.Address };
        await Parallel.ForEachAsync(
            Enumerable.Range(0, times),
            new ParallelOptions { MaxDegreeOfParallelism = Connections },
            async (i, cancellationToken) =>
            {
                using var request =
                    i % 4 == 0
                        ? new HttpRequestMessage(HttpMethod.Get, "/api/ledger")
                        {
                            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", OperatorKey) },
                        }
                        : new HttpRequestMessage(HttpMethod.Post, "/v1/track")
                        {
                            Headers = { Authorization = new AuthenticationHeaderValue("Basic", Basic) },
                            Content = new StringContent($$"""{"type":"identify","writeKey":"{{WriteKey}}"}"""),
                        };
                using var response = await http.SendAsync(request, cancellationToken);
                response.StatusCode.Should().Be(HttpStatusCode.OK);
            }
        );
    }

    private static string Basic => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{WriteKey}:"));

    private static async Task ReloadAsync(ServiceProcess service, TemporaryFolder folder, int times)
    {
        await File.WriteAllTextAsync(folder.File("settings.json"), $"{{ {SettingsWith(10 + times)} }}");
        await service.UntilAsync(() =>
            Task.FromResult(service.Output.Split("Applied the changed configuration").Length > times)
        );
    }

    private static async Task<Copies> CountAsync(ServiceProcess service, TemporaryFolder folder)
    {
        await File.WriteAllTextAsync(folder.File(StartupHook.Collect), string.Empty);
        await service.UntilAsync(() => Task.FromResult(!File.Exists(folder.File(StartupHook.Collect))));
        return new Copies(
            ProcessMemory.Count(service.Id, WriteKey),
            ProcessMemory.Count(service.Id, Basic),
            ProcessMemory.Count(service.Id, OperatorKey)
        );
    }

    private static string SettingsWith(int timeoutSeconds) =>
        $$"""
            "Admin": { "ApiKey": "{{OperatorKey}}" },
            "Ingestion": { "RateLimit": { "RequestsPerSecond": {{5000 + timeoutSeconds}}, "Burst": 100000 } },
            "Connections": {
              "stores": {
                "Source": "Segment", "WriteKeys": ["{{WriteKey}}"], "AccessToken": "t0ken",
                "Segment": { "Events": [{ "Event": "Order Completed", "EventSetId": "2" }] }
              }
            }
            """;

    private sealed record Copies(int WriteKey, int WriteKeyAsBasic, int OperatorKey)
    {
        public int Most => Math.Max(WriteKey, Math.Max(WriteKeyAsBasic, OperatorKey));

        public static Copies operator -(Copies after, Copies before) =>
            new(
                after.WriteKey - before.WriteKey,
                after.WriteKeyAsBasic - before.WriteKeyAsBasic,
                after.OperatorKey - before.OperatorKey
            );
    }
}
