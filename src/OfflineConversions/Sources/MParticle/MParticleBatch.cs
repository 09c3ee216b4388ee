using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Hashing;
using OfflineConversions.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.MParticle;

/// <summary>What all events of one batch share: one user, one device, one consent.</summary>
internal sealed class MParticleBatch
{
    private const string NoAdvertisingId = "00000000-0000-0000-0000-000000000000";

    private static readonly CompiledTable AttributeTable = new(MParticleFields.Attributes, ignoreCase: true);
    private static readonly string[] PhoneTypes = ["mobile_number", "phone_number_2", "phone_number_3"];

    private readonly JsonPart _batch;
    private readonly MParticleOptions _options;
    private readonly FieldValues _attributes;

    /// <summary>Reads a batch.</summary>
    public MParticleBatch(JsonPart batch, MParticleOptions options)
    {
        _batch = batch;
        _options = options;
        _attributes = AttributeTable.Read(JsonText.Member(batch, "user_attributes"));
        Identities = JsonText.Member(batch, "user_identities");
        DataProcessing = MParticleLimitedDataUse.Of(batch, _attributes, options.SendCcpaLimitedDataUse);
    }

    /// <summary>How much work a batch is. A batch without events counts as one with a single event.</summary>
    public static BodySize Measure(JsonPart batch)
    {
        var events = JsonText.Member(batch, "events");
        var whole = batch.Utf8.Length;
        return events.ValueKind == JsonValueKind.Array && events.GetArrayLength() > 0
            ? BodySize.Of(events.GetArrayLength(), events.Utf8.Length, whole)
            : new BodySize(1, whole);
    }

    /// <summary>Its user identities, an object or a list.</summary>
    public JsonPart Identities { get; }

    /// <summary>Its limited data use flag.</summary>
    public DataProcessing? DataProcessing { get; }

    /// <summary>The id of the request that carried it.</summary>
    public string? SourceRequestId => JsonText.Of(JsonText.Member(_batch, "source_request_id"));

    /// <summary>Its events.</summary>
    public JsonPart Events => JsonText.Member(_batch, "events");

    /// <summary>Whether it comes from a browser or an app.</summary>
    public bool HasDevice =>
        IsOfPlatform
        || JsonText.Of(JsonText.Member(JsonText.Member(_batch, "device_info"), "http_header_user_agent")) is not null;

    /// <summary>Whether the device forbids the use of its advertising ids.</summary>
    public bool ForbidsAdvertisingIds
    {
        get
        {
            var device = JsonText.Member(_batch, "device_info");
            return AdvertisingIds.IsTrue(JsonText.Member(device, "limit_ad_tracking"))
                || AdvertisingIds.IsRefusal(JsonText.Member(device, "att_authorization_status"));
        }
    }

    private bool IsOfPlatform =>
        JsonText.Of(JsonText.Member(JsonText.Member(_batch, "device_info"), "platform")) is { } platform
        && !string.Equals(platform, "out_of_band", StringComparison.OrdinalIgnoreCase);

    /// <summary>Why none of its events is forwarded, or <see langword="null"/>.</summary>
    public string? IgnoreReason()
    {
        if (_options.FeedOnly && IsOfPlatform)
        {
            return Reason.NotAFeed;
        }

        var environment = JsonText.Of(JsonText.Member(_batch, "environment"))
            ?? nameof(MParticleEnvironment.Production);
        return
            _options.Environment == MParticleEnvironment.Any
            || string.Equals(environment, _options.Environment.ToString(), StringComparison.OrdinalIgnoreCase)
            ? null
            : Reason.WrongEnvironment;
    }

    /// <summary>
    /// Adds the batch's match keys: exactly those of the connector's page, and the others if the connection says so.
    /// </summary>
    public void AddPersonTo(MatchKeys keys, Warnings warnings)
    {
        keys.AddEach(MatchKey.Email, Emails(warnings));
        var device = JsonText.Member(_batch, "device_info");
        AddAdvertisingId(keys, device, "ios_advertising_id");
        AddAdvertisingId(keys, device, "android_advertising_id");
        AddAttribute(keys, MatchKey.Gender, Field.Gender);
        AddAttribute(keys, MatchKey.FirstName, Field.FirstName);
        AddAttribute(keys, MatchKey.LastName, Field.LastName);
        AddAttribute(keys, MatchKey.City, Field.City);
        AddAttribute(keys, MatchKey.Country, Field.Country);
        if (_options.AdditionalMatchKeys)
        {
            AddAttribute(keys, MatchKey.Phone, Field.Phone);
            keys.AddEach(MatchKey.Phone, PhoneTypes.SelectMany(type => MParticleIdentities.Of(Identities, type)));
            AddAttribute(keys, MatchKey.Zip, Field.Zip);
            AddAttribute(keys, MatchKey.State, Field.State);
            keys.Add(MatchKey.ClientIpAddress, JsonText.Of(JsonText.Member(_batch, "ip")));
        }
    }

    // Any identity other than the e-mail is forwarded as it is, so it must be a hash already: clear data must not leave
    // the service.
    private IEnumerable<string> Emails(Warnings warnings)
    {
        var type = MParticleIdentities.TypeOf(_options.EmailType) ?? "email";
        foreach (var value in MParticleIdentities.Of(Identities, type))
        {
            if (type == "email" || AlreadyHashed.Find(value) is { Length: 64 } || Placeholder.Is(value))
            {
                yield return value;
            }
            else
            {
                warnings.Add(Warning.UnhashedIdentity);
            }
        }
    }

    private static void AddAdvertisingId(MatchKeys keys, JsonPart device, string name)
    {
        // A phone whose owner does not allow tracking reports all zeros. The event is correct.
        if (JsonText.Of(JsonText.Member(device, name)) is { } id and not NoAdvertisingId)
        {
            keys.Add(MatchKey.MobileAdvertiserId, id);
        }
    }

    private void AddAttribute(MatchKeys keys, MatchKey key, Field field)
    {
        if (!IsDeleted(MParticleFields.Attributes[field][0]))
        {
            _attributes.AddTo(keys, key, field);
        }
    }

    private bool IsDeleted(string attribute)
    {
        var deleted = JsonText.Member(_batch, "deleted_user_attributes");
        return deleted.ValueKind == JsonValueKind.Array
            && JsonText.All(deleted).Contains(attribute, StringComparer.OrdinalIgnoreCase);
    }
}
