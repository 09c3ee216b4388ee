using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Delivery.State;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Targets.Meta;
using OfflineConversions.Server.Tests.Outbox;
using OfflineConversions.Server.Tests.Targets.Meta;
using OfflineConversions.Server.Tests.Telemetry;
using OfflineConversions.Sources;
using OfflineConversions.Sources.Segment;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>
/// Delivery as the server runs it, with a scripted Graph on a real socket, simulated time and, by default, an outbox in
/// memory.
/// </summary>
internal sealed class DeliveryHarness : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly RequestsOpen _open = new();
    private readonly CapturedLog _log = new();

    private DeliveryHarness(
        ScriptedGraph graph,
        JumpingTime time,
        DeliveryOptions options,
        string[] connections,
        Action<ConnectionOptions>? configure,
        double chance,
        IOutboxStore queue
    )
    {
        (Graph, Time, Queue) = (graph, time, queue);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(new Server.Telemetry.SampledLog(_log, time));
        builder.Services.AddSingleton<TimeProvider>(time).AddSingleton(new Jitter(new FixedRandom(chance)));
        builder.Services.AddSingleton(time.Steady);
        builder.Services.AddOutbox(_ => queue);
        // A request on a real socket must not time out in simulated time.
        var service = new ServiceOptions
        {
            Graph = { BaseAddress = graph.Address, Timeout = TimeSpan.FromHours(24) },
            Delivery = options,
        };
        foreach (var name in connections)
        {
            var connection = service.Connections[name] = new ConnectionOptions
            {
                Source = SegmentDefinition.Instance,
                AccessToken = "token-of-" + name,
            };
            configure?.Invoke(connection);
        }

        builder.Services.AddSingleton(new ConnectionRegistry(RuntimeSettings.From(service)));
        builder.Services.AddGraph(service.Graph, _ => new GraphAddress(() => service.Graph.BaseAddress));
        builder.Services.AddHttpClient<GraphClient>().AddHttpMessageHandler(() => _open.Handler());
        builder.Services.AddDelivery(service);
        _host = builder.Build();
    }

    public ScriptedGraph Graph { get; }

    public JumpingTime Time { get; }

    /// <summary>The time between each request and the next.</summary>
    public IEnumerable<TimeSpan> Gaps =>
        Graph.Requests.Zip(Graph.Requests.Skip(1), (earlier, later) => later.At - earlier.At);

    /// <summary>The outbox.</summary>
    public IOutboxStore Queue { get; }

    public InMemoryOutbox Outbox => (InMemoryOutbox)Queue;

    public ConnectionStates States => _host.Services.GetRequiredService<ConnectionStates>();

    public DeliverySignal Signal => _host.Services.GetRequiredService<DeliverySignal>();

    public ConnectionControl Control => _host.Services.GetRequiredService<ConnectionControl>();

    public ConnectionStatus Stores => States.Of("stores").Status;

    public IReadOnlyList<LogLine> Log => _log.Lines;

    /// <param name="connections">The connections' names. Default: <c>stores</c>.</param>
    /// <param name="chance">Every random number: 0 for no jitter wait, 1 for the longest.</param>
    /// <param name="outbox">Opens another outbox than the one in memory; it is closed with the harness.</param>
    /// <param name="time">A clock that continues from an earlier harness.</param>
    public static async Task<DeliveryHarness> CreateAsync(
        DeliveryOptions? options = null,
        string[]? connections = null,
        Action<ConnectionOptions>? configure = null,
        double chance = 0.5,
        Func<TimeProvider, IOutboxStore>? outbox = null,
        JumpingTime? time = null
    )
    {
        time ??= new JumpingTime();
        var queue = outbox is null ? new InMemoryOutbox(time.Steady) : outbox(time.Steady);
        return new DeliveryHarness(
            await ScriptedGraph.StartAsync(time),
            time,
            options ?? new DeliveryOptions(),
            connections ?? ["stores"],
            configure,
            chance,
            queue
        );
    }

    public Task StartAsync() => _host.StartAsync();

    public Task StopAsync() => _host.StopAsync();

    /// <summary>Stores events <c>{"n":0}</c>… as one chunk.</summary>
    public Chunk Store(
        int events,
        string connection = "stores",
        string dataset = "1",
        DateTimeOffset? expiresAt = null,
        int attempts = 0,
        int from = 0,
        MetaApi api = MetaApi.ConversionsApi
    ) =>
        Outbox.Add(
            new Destination(connection, api, dataset, null),
            [.. Enumerable.Range(from, events).Select(Event)],
            expiresAt,
            attempts
        );

    public static ReadOnlyMemory<byte> Event(int n) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"n":{{n}}}"""));

    /// <summary>
    /// Makes Meta refuse every request that contains one of these events, as a whole and without saying which.
    /// </summary>
    public void Refuse(params int[] bad)
    {
        var texts = bad.Select(n => string.Create(CultureInfo.InvariantCulture, $$"""{"n":{{n}}}"""))
            .ToHashSet(StringComparer.Ordinal);
        Graph.Otherwise = request =>
            request.Events.Any(texts.Contains) ? Scripted.Error(100, 2804009) : Scripted.Taken(request.Events.Count);
    }

    /// <summary>
    /// Lets simulated time run, from timer to timer while no request is in flight, until a condition is true.
    /// </summary>
    /// <param name="isTrue">The condition.</param>
    /// <param name="longestJump">
    /// What the timers of the work itself need. Otherwise time may jump to any timer while a batch is between its lease
    /// and its request.
    /// </param>
    public async Task UntilAsync(Func<bool> isTrue, TimeSpan? longestJump = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var quiet = 0;
        while (!isTrue())
        {
            patience.Token.ThrowIfCancellationRequested();
            // While all open requests are held back, only the dispatchers may still be busy.
            var held = Graph.Held;
            quiet =
                States.All.All(state => state.InFlight == 0) ? 10
                : _open.Count > held ? 0
                : quiet + 1;
            if (quiet >= (held > 0 ? 4 : 10))
            {
                // The last batch may have been settled since the condition was asked.
                if (isTrue())
                {
                    return;
                }

                Time.JumpToNextTimer(longestJump);
                quiet = 0;
            }

            await Task.Delay(1);
        }
    }

    /// <summary>Waits for a condition that becomes true without simulated time passing.</summary>
    public static async Task WithoutTimePassingAsync(Func<bool> isTrue)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!isTrue())
        {
            await Task.Delay(1, patience.Token);
        }
    }

    /// <summary>Lets an amount of simulated time pass.</summary>
    public Task LetPassAsync(TimeSpan time)
    {
        var end = Time.GetUtcNow() + time;
        return UntilAsync(() => Time.GetUtcNow() >= end);
    }

    public async Task RunUntilEmptyAsync()
    {
        await StartAsync();
        await UntilEmptyAsync();
    }

    /// <summary>The numbers of the delivered events, in ascending order.</summary>
    public IEnumerable<int> Delivered() =>
        Outbox
            .Settlements.SelectMany(it =>
                it.Chunk.Events.Where((_, i) => !it.Keep.Contains(i) && it.Buried.All(burial => burial.Index != i))
            )
            .Select(payload => int.Parse(payload.Payload.Span[5..^1], CultureInfo.InvariantCulture))
            .Order();

    public Task UntilEmptyAsync(TimeSpan? longestJump = null) =>
        UntilAsync(() => Outbox.Waiting.Count == 0, longestJump);

    public async ValueTask DisposeAsync()
    {
        // A shutdown waits for requests in flight, also for the pauses between their attempts, which are simulated.
        var stopping = StopAsync();
        await UntilAsync(() => stopping.IsCompleted);
        await stopping;
        _host.Dispose();
        await Queue.DisposeAsync();
        await Graph.DisposeAsync();
    }
}
