using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Conversions;
using OfflineConversions.Fuzzing.Mutation;
using OfflineConversions.Json;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Delivery;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Ingestion.Bodies;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Tail;
using OfflineConversions.Sources;
using OfflineConversions.Sources.MParticle;
using OfflineConversions.Sources.RudderStack;
using OfflineConversions.Sources.Segment;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Fuzzing.Targets;

/// <summary>
/// The body of a post, through <see cref="Intake"/>: once for each of Meta's APIs, by different routes. The response is
/// a success or a 4xx, a success has an outcome for each event, and what is stored is valid.
/// </summary>
internal sealed class SourceTarget : Target
{
    private readonly SourceDefinition _source;
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddMetrics()
        .AddLogging()
        .BuildServiceProvider();
    private readonly CheckingOutbox _outbox = new();
    private readonly LargeBodies _large = new(TimeProvider.System);
    private readonly Intake _intake;
    private readonly ConversionPipeline _counting;
    private readonly (IngestionRoute Route, string Authorization)[] _ways;

    public SourceTarget(SourceDefinition source)
        : base(source.Tag)
    {
        _source = source;
        var (time, options) = (FuzzingTime.Stopped(), new ServiceOptions());
        options.Ingestion.RateLimit.Enabled = false;
        options.Connections.Add("new", Connection(MetaApi.ConversionsApi, "new-key:secret"));
        options.Connections.Add("old", Connection(MetaApi.OfflineEvents, "old-key:secret"));
        _counting = new ConversionPipeline(options.Connections["new"]);
        var meter = new IngestionMeter(_services.GetRequiredService<IMeterFactory>());
        _intake = new Intake(
            options,
            new WriteKeyFinder(new ConnectionRegistry(RuntimeSettings.From(options))),
            new BodyReader(options, _large, time),
            new EventWriter(
                _outbox,
                new DeliverySignal(time),
                meter,
                new LiveTail(),
                new UnmappedNames(
                    _services.GetRequiredService<IMeterFactory>(),
                    time,
                    NullLogger<UnmappedNames>.Instance
                ),
                time
            ),
            meter,
            time
        );
        var routes = VendorProtocols.All.Routes.Where(route => !route.WithoutSource && route.Serves(source)).ToArray();
        _ways =
        [
            (routes.First(route => route.Call is null), Basic("new-key:secret")),
            (routes.FirstOrDefault(route => route.Call is "track") ?? routes[^1], Basic("old-key:secret")),
        ];
    }

    public override IEnumerable<byte[]> Seeds =>
        Directory
            .EnumerateFiles(Path.Combine(Corpus.Tests, "OfflineConversions.Tests", "Golden", Name), "*.json")
            .Order(StringComparer.Ordinal)
            .Select(file => Encoding.UTF8.GetBytes(JsonNode.Parse(File.ReadAllText(file))!["body"]!.ToJsonString()));

    // What events share is written into each of them, up to sixteen times the largest body in all. Up to that limit the
    // cost is proportional to the body.
    public override long MostAllocated(int inputBytes) => 1024 * 1024 + (1000L * inputBytes);

    public override byte[] Mutate(byte[] input, IReadOnlyList<byte[]> others, Random random) =>
        JsonMutation.Mutate(input, others, random);

    public override string? Run(byte[] input) =>
        _ways.Select(way => Post(input, way.Route, way.Authorization)).FirstOrDefault(problem => problem is not null);

    public override void Dispose()
    {
        _large.Dispose();
        _services.Dispose();
    }

    private string? Post(byte[] input, IngestionRoute route, string authorization)
    {
        using var response = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = _services };
        context.Request.Method = HttpMethods.Post;
        context.Request.Headers.Authorization = authorization;
        context.Request.Headers["Prefer"] = "return=representation";
        context.Request.Body = new MemoryStream(input);
        context.Response.Body = response;
        _intake.ReceiveAsync(context, route).GetAwaiter().GetResult();
        return context.Response.StatusCode switch
        {
            200 or 202 => Events(input) - Outcomes(response) is var missing && missing == 0 || MayBeEmpty(missing)
                ? null
                : "an event without an outcome",
            >= 400 and < 500 => null,
            var status => $"status {status}",
        };
    }

    // An mParticle batch without a list of events counts as one event and has no outcome.
    private bool MayBeEmpty(int missing) => missing > 0 && _source is MParticleDefinition;

    private static int Outcomes(MemoryStream response)
    {
        using var json = JsonDocument.Parse(response.GetBuffer().AsMemory(0, (int)response.Length));
        return json
            .RootElement.GetProperty("events")
            .EnumerateArray()
            .Count(one => one.GetProperty("outcome").GetString() is "accepted" or "ignored" or "rejected");
    }

    private int Events(byte[] input)
    {
        var body = input.AsSpan().StartsWith("\uFEFF"u8) ? input.AsMemory(3) : input;
        using var json = JsonTree.Parse(body);
        return _counting.Measure(json.Root).Events;
    }

    private ConnectionOptions Connection(MetaApi api, string key)
    {
        var fresh = api == MetaApi.ConversionsApi;
        var options = new ConnectionOptions
        {
            Source = _source,
            Api = api,
            DatasetId = "333",
            DefaultCountry = fresh ? "US" : null,
            DefaultCurrency = fresh ? null : "EUR",
            HashExternalId = fresh,
            PersonalDataGuard = true,
            WriteKeys = [new Secret(_source is MParticleDefinition ? key : key.Split(':')[0])],
        };
        switch (options.SourceOptions)
        {
            case MParticleOptions settings:
                settings.AdditionalMatchKeys = fresh;
                break;
            case SegmentOptions settings:
                settings.Events.AddRange(
                    SegmentEventNames
                        .Semantic.Keys.Append("Lead")
                        .Append("CompleteRegistration")
                        .Select(name => new EventSetRow { Event = name, EventSetId = "111" })
                );
                break;
            case RudderStackOptions settings:
                settings.EventsToIds.AddRange(
                    RudderStackEventNames
                        .Standard.Values.Distinct()
                        .Append("Other")
                        .Select(name => new MapRow { From = name, To = "222" })
                );
                break;
        }

        return options;
    }

    private static string Basic(string key) => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(key))}";
}
