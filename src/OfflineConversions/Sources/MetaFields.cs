using System.Collections.Frozen;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Sources;

/// <summary>
/// Meta's own fields that an event carries in its object for this destination: <c>user_data.*</c>,
/// <c>custom_data.*</c>, and those of <see cref="EventFields"/>. They win over what the source maps. Match keys are
/// normalised and hashed like any other; a field of a shape that Meta would refuse is left out.
/// </summary>
internal sealed class MetaFields
{
    private const string UserData = "user_data";
    private const string CustomData = "custom_data";
    private const string ActionSource = "action_source";
    private const string EventSourceUrl = "event_source_url";
    private const string Processing = "data_processing_options";
    private const string Country = "data_processing_options_country";
    private const string State = "data_processing_options_state";

    private static readonly FrozenDictionary<string, MatchKey> KeyNames =
        ConversionsApiShape.UserData.ToFrozenDictionary(row => row.Name, row => row.Key, StringComparer.Ordinal);

    private static readonly FrozenSet<string> Mapped = FrozenSet.Create(
        StringComparer.Ordinal,
        ActionSource,
        EventSourceUrl,
        Processing,
        Country,
        State
    );

    private Dictionary<string, JsonPart>? _event;
    private Dictionary<string, OrderedDictionary<string, JsonPart>>? _members;
    private OrderedDictionary<string, JsonPart>? _userData;
    private OrderedDictionary<string, JsonPart>? _customData;
    private bool _isIncomplete;

    // Nearly no event has fields of Meta's own. Nothing is ever added to it.
    private static readonly MetaFields None = new();

    /// <summary>The fields of <c>integrations</c> and <c>context</c> objects. Those of later ones win.</summary>
    public static MetaFields Of(params ReadOnlySpan<JsonPart> destinations)
    {
        var fields = default(MetaFields);
        foreach (var each in destinations)
        {
            if (Integrations.AnyFacebook(each))
            {
                (fields ??= new MetaFields()).AddFrom(each);
            }
        }

        return fields ?? None;
    }

    /// <summary>
    /// Adds the fields of an <c>integrations</c> or <c>context</c> object. What is added later wins.
    /// </summary>
    public void AddFrom(JsonPart destinations)
    {
        if (destinations.ValueKind == JsonValueKind.Object)
        {
            Add(Integrations.Facebook(destinations));
            Add(Integrations.Ours(destinations));
        }
    }

    /// <summary>Adds the fields of the object for this destination.</summary>
    public void Add(JsonPart destination)
    {
        if (destination.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in destination.EnumerateObject())
            {
                Add(JsonText.NameOf(property) ?? "", property.Value);
            }
        }
    }

    /// <summary>Adds one field. Names that are not Meta's are other options.</summary>
    /// <param name="path">Its name, after <c>user_data.</c> or <c>custom_data.</c> if it is a field of these.</param>
    /// <param name="value">Its value.</param>
    public void Add(string path, JsonPart value)
    {
        if (JsonText.IsEmpty(value))
        {
            return;
        }

        switch (path.Split('.', 2))
        {
            case [UserData]:
                AddEach(_userData ??= [], NestedJson.Of(value));
                break;
            case [CustomData]:
                AddEach(_customData ??= [], NestedJson.Of(value));
                break;
            case [UserData, var key]:
                (_userData ??= [])[key] = value;
                break;
            case [CustomData, var name]:
                (_customData ??= [])[name] = value;
                break;
            case [var field, var member] when EventFields.OfEvent.ContainsKey(field):
                MembersOf(field)[member] = value;
                break;
            case [var field]
                when EventFields.OfEvent.ContainsKey(field)
                    && NestedJson.Of(value) is { ValueKind: JsonValueKind.Object } members:
                AddEach(MembersOf(field), members);
                break;
            case [var field] when Mapped.Contains(field) || EventFields.OfEvent.ContainsKey(field):
                (_event ??= new(StringComparer.Ordinal))[field] = value;
                break;
        }
    }

    /// <summary>Replaces the match keys that are named.</summary>
    public void AddTo(MatchKeys keys, Warnings warnings)
    {
        if (_userData is null)
        {
            return;
        }

        foreach (var (name, value) in _userData)
        {
            var values = JsonText.Keys(value).ToArray();
            if (values.Length > 0 && KeyNames.TryGetValue(name, out var key))
            {
                keys.Replace(key, values);
            }
            else
            {
                warnings.Add(Warning.PropertyNotSent);
            }
        }
    }

    /// <summary>The event with the fields over those that the source maps.</summary>
    /// <param name="conversion">What the source maps.</param>
    /// <param name="dates">The order of day and month in a time that is text.</param>
    /// <param name="warnings">Receives what was left out.</param>
    public ConversionEvent Over(ConversionEvent conversion, DateOrder dates, Warnings warnings)
    {
        var result = conversion;
        if (_customData is not null)
        {
            foreach (var (name, value) in _customData)
            {
                result = MetaCustomData.Over(result, name, value, warnings);
            }
        }

        if (_isIncomplete)
        {
            warnings.Add(Warning.PropertyNotSent);
        }

        return _event is null && _members is null ? result : WithEventFields(result, dates, warnings);
    }

    /// <summary>Adds each member of an object. A value of another type has none, and is left out.</summary>
    private void AddEach(OrderedDictionary<string, JsonPart> fields, JsonPart members)
    {
        if (members.ValueKind != JsonValueKind.Object)
        {
            _isIncomplete = true;
            return;
        }

        foreach (var member in members.EnumerateObject())
        {
            if (JsonText.NameOf(member) is { Length: > 0 } name && !JsonText.IsEmpty(member.Value))
            {
                fields[name] = member.Value;
            }
        }
    }

    private OrderedDictionary<string, JsonPart> MembersOf(string field)
    {
        _members ??= new(StringComparer.Ordinal);
        if (!_members.TryGetValue(field, out var members))
        {
            _members[field] = members = [];
        }

        return members;
    }

    /// <summary>
    /// One of Meta's fields as it arrived. Its members come together or, where a vendor's flags are flat, one by one.
    /// </summary>
    private JsonPart? Given(string field)
    {
        if (_members?.GetValueOrDefault(field) is not { } members)
        {
            return _event?.TryGetValue(field, out var value) == true ? value : null;
        }

        var texts = members.Select(one => $"\"{JsonEncodedText.Encode(one.Key)}\":{one.Value.GetRawText()}");
        return JsonTree.Parse("{" + string.Join(',', texts) + "}").Root;
    }

    private ConversionEvent WithEventFields(ConversionEvent conversion, DateOrder dates, Warnings warnings)
    {
        foreach (var (name, type) in EventFields.OfEvent)
        {
            if (Given(name) is { } given)
            {
                var typed = type.Read(given, dates, out var isIncomplete);
                conversion.EventFields.Set(name, typed ?? default);
                if (isIncomplete)
                {
                    warnings.Add(Warning.PropertyNotSent);
                }
            }
        }

        if (_event is not { } fields)
        {
            return conversion;
        }

        var result = conversion with
        {
            ActionSource = JsonText.Of(fields.GetValueOrDefault(ActionSource)) ?? conversion.ActionSource,
            EventSourceUrl = JsonText.Slice(fields.GetValueOrDefault(EventSourceUrl)).Or(conversion.EventSourceUrl),
        };
        if (!fields.ContainsKey(Processing) && !fields.ContainsKey(Country) && !fields.ContainsKey(State))
        {
            return result;
        }

        var processing = DataProcessingOptions.Read(
            fields.GetValueOrDefault(Processing),
            fields.GetValueOrDefault(Country),
            fields.GetValueOrDefault(State)
        );
        return result with { DataProcessing = processing.Value, HasInvalidDataProcessing = processing.IsInvalid };
    }
}
