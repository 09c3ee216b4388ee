using System.Text;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Json;
using OfflineConversions.Sources;
using OfflineConversions.Sources.CommandersAct;
using OfflineConversions.Sources.MParticle;
using OfflineConversions.Sources.RudderStack;
using OfflineConversions.Sources.Segment;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Fuzzing.Previews;

/// <summary>The only file of the previews that uses the core, so a rename there changes only this file.</summary>
internal static class CorePreview
{
    private static readonly Dictionary<string, Action<MappingOptions>> Changes = new(StringComparer.Ordinal)
    {
        ["plain"] = _ => { },
        ["hashed-ids"] = options => options.HashExternalId = true,
        ["germany"] = options =>
            (options.DefaultCountry, options.DefaultCurrency, options.DateOrder) = ("DE", "EUR", DateOrder.DayFirst),
        ["america"] = options =>
            (options.DefaultCountry, options.ActionSource, options.DateOrder) = ("US", "website", DateOrder.MonthFirst),
        ["limited"] = options =>
        {
            Change<MParticleOptions>(options, own => own.SendCcpaLimitedDataUse = CcpaLimitedDataUse.WhenOptedOut);
            Change<SegmentOptions>(options, own => own.LimitedDataUse = true);
            Change<RudderStackOptions>(options, own => own.LimitedDataUsage = true);
        },
        ["unguarded"] = options =>
        {
            options.PersonalDataGuard = false;
            Change<MParticleOptions>(options, own => own.FeedOnly = false);
        },
        ["generous"] = options =>
        {
            Change<MParticleOptions>(options, own =>
            {
                own.SendCcpaLimitedDataUse = CcpaLimitedDataUse.Always;
                own.AdditionalMatchKeys = true;
                own.UseStandardEventNames = true;
                own.MultiplyPriceByQuantity = true;
            });
            Change<SegmentOptions>(options, own =>
            {
                own.ValueFieldIdentifier = SegmentValueField.Price;
                own.Events.Add(Set("order completed", "112"));
            });
            Change<RudderStackOptions>(options, own =>
            {
                own.ValueFieldIdentifier = "properties.revenue";
                own.EventsToStandard.AddRange([Row("Order Completed", "Lead"), Row("Sold", "Purchase")]);
                own.CategoryToContent.AddRange([Row("Games", "game"), Row("Shoes", "product_group")]);
            });
            Change<CommandersActOptions>(options, own => (own.CopyEventProperties, own.ContentType) = (false, ""));
        },
        ["strict"] = options =>
        {
            Change<MParticleOptions>(options, own =>
                (own.EmailType, own.Environment) = ("customer_id", MParticleEnvironment.Production)
            );
            Change<RudderStackOptions>(options, own => own.EnableHashing = false);
            Change<CommandersActOptions>(options, own => own.UserConsentCategory = "3");
            options.PhysicalStoreAcceptanceWindow = TimeSpan.FromDays(20);
        },
    };

    private static readonly string[] SegmentEvents =
    [
        "Products Searched",
        "Product Viewed",
        "Product List Viewed",
        "Product Added to Wishlist",
        "Product Added",
        "Checkout Started",
        "Payment Info Entered",
        "Order Completed",
        "Lead",
        "CompleteRegistration",
    ];

    private static readonly string[] MetaEvents =
    [
        "Search",
        "ViewContent",
        "AddToWishlist",
        "AddToCart",
        "InitiateCheckout",
        "AddPaymentInfo",
        "Purchase",
        "Lead",
        "CompleteRegistration",
        "Other",
    ];

    private static readonly Dictionary<(string Source, string Api, string Settings), ConversionPipeline> Pipelines = [];

    /// <summary>How the service reads bodies.</summary>
    public static JsonDocumentOptions Reading => JsonLimits.Document;

    /// <summary>The names of the settings that a connection may have.</summary>
    public static IReadOnlyList<string> Settings { get; } = [.. Changes.Keys];

    /// <summary>Maps the post, and writes what became of the body as a whole and of each of its events.</summary>
    /// <returns>The outcome of each event, none where the body was refused.</returns>
    public static IReadOnlyList<string> Write(Utf8JsonWriter writer, PreviewPost post, DateTimeOffset receivedAt)
    {
        using var json = JsonTree.Parse(post.Body);
        writer.WriteString("refused", Pipeline(post).Refuse(json.Root));
        var results = Map(post, receivedAt);
        writer.WriteStartArray("events");
        foreach (var result in results)
        {
            Write(writer, result);
        }

        writer.WriteEndArray();
        return [.. results.Select(result => Name(result.Outcome))];
    }

    /// <summary>Maps the post.</summary>
    /// <returns>The result of each event, none where the body was refused.</returns>
    public static IReadOnlyList<EventResult> Map(PreviewPost post, DateTimeOffset receivedAt)
    {
        using var json = JsonTree.Parse(post.Body);
        var pipeline = Pipeline(post);
        return pipeline.Refuse(json.Root) is null ? pipeline.Map(json.Root, new Receipt(receivedAt, post.Call)) : [];
    }

    /// <summary>Whether the service reads the body as JSON.</summary>
    public static bool CanRead(byte[] body)
    {
        try
        {
            using var json = JsonTree.Parse(body);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Write(Utf8JsonWriter writer, EventResult result)
    {
        writer.WriteStartObject();
        writer.WriteString("outcome", Name(result.Outcome));
        writer.WriteString("reason", result.Reason);
        writer.WriteStartArray("warnings");
        result.Warnings.ToList().ForEach(writer.WriteStringValue);
        writer.WriteEndArray();
        writer.WriteString("eventId", result.EventId);
        writer.WriteStartArray("deliveries");
        foreach (var delivery in result.Deliveries)
        {
            writer.WriteStartObject();
            writer.WriteString("datasetId", delivery.DatasetId);
            writer.WriteString("uploadTag", delivery.UploadTag);
            writer.WriteString("eventName", delivery.EventName);
            writer.WriteString("eventId", delivery.EventId);
            writer.WriteString("expiresAt", delivery.ExpiresAt);
            writer.WriteString("payload", Encoding.UTF8.GetString(delivery.Payload.Span));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static ConversionPipeline Pipeline(PreviewPost post)
    {
        var key = (post.Source, post.Api, post.Settings);
        if (!Pipelines.TryGetValue(key, out var pipeline))
        {
            var options = new MappingOptions
            {
                Source = EventSources.All.Find(post.Source),
                Api = Enum.Parse<MetaApi>(post.Api),
                DatasetId = "333",
            };
            Change<SegmentOptions>(options, own => own.Events.AddRange(SegmentEvents.Select(name => Set(name, "111"))));
            Change<RudderStackOptions>(options, own =>
                own.EventsToIds.AddRange(MetaEvents.Select(name => Row(name, "222")))
            );
            Changes[post.Settings](options);
            Pipelines[key] = pipeline = new ConversionPipeline(options);
        }

        return pipeline;
    }

    /// <summary>Changes the settings of the source that the connection has.</summary>
    private static void Change<T>(MappingOptions options, Action<T> change)
    {
        if (options.SourceOptions is T own)
        {
            change(own);
        }
    }

    private static EventSetRow Set(string name, string id) => new() { Event = name, EventSetId = id };

    private static MapRow Row(string from, string to) => new() { From = from, To = to };

    private static string Name(Outcome outcome) => outcome.ToString().ToLowerInvariant();
}
