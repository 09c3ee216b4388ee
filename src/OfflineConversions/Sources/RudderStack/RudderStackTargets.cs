using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Mapping;

namespace OfflineConversions.Sources.RudderStack;

/// <summary>Which event sets an event goes to, under which standard names and with which content type.</summary>
internal sealed class RudderStackTargets(RudderStackOptions options)
{
    private readonly FrozenDictionary<string, string[]> _toStandard = Lookup(options.EventsToStandard);
    private readonly FrozenDictionary<string, string[]> _toIds = Lookup(options.EventsToIds);
    private readonly FrozenDictionary<string, string[]> _toContentType = Lookup(options.CategoryToContent);

    // Those of nearly all events, for each name that the page or the settings know.
    private readonly ConcurrentDictionary<string, IReadOnlyList<Target>> _usual = new(StringComparer.Ordinal);

    /// <summary>One target for each (standard event, event set id), each once.</summary>
    public IReadOnlyList<Target> For(string eventName, FieldValues fields)
    {
        if (!HasUsualContentType(fields))
        {
            return Find(eventName, fields);
        }

        if (_usual.TryGetValue(eventName, out var usual))
        {
            return usual;
        }

        var targets = Find(eventName, fields);
        if (_toStandard.ContainsKey(eventName) || RudderStackEventNames.Standard.ContainsKey(eventName))
        {
            _usual[eventName] = targets;
        }

        return targets;
    }

    // The type of an event with products that names no other.
    private bool HasUsualContentType(FieldValues fields) =>
        _toContentType.Count == 0
        && Integrations.Ours(fields.Element(Field.Integrations)).ValueKind != JsonValueKind.Object
        && fields.Element(Field.Products).ValueKind == JsonValueKind.Array;

    private List<Target> Find(string eventName, FieldValues fields)
    {
        var targets = new List<Target>(1);
        if (!_toStandard.TryGetValue(eventName, out var standards))
        {
            Add(RudderStackEventNames.Standard.GetValueOrDefault(eventName, RudderStackEventNames.Other));
            return targets;
        }

        foreach (var standard in standards)
        {
            Add(standard);
        }

        return targets;

        void Add(string standard)
        {
            if (!_toIds.TryGetValue(standard, out var ids))
            {
                return;
            }

            var contentType = ContentType(eventName, standard, fields);
            foreach (var id in ids)
            {
                var target = new Target(id, standard, contentType);
                if (!targets.Contains(target))
                {
                    targets.Add(target);
                }
            }
        }
    }

    // The priority order of "Sending custom content_type".
    private string ContentType(string eventName, string standard, FieldValues fields)
    {
        var ours = Integrations.Ours(fields.Element(Field.Integrations));
        if (JsonText.Of(JsonText.Member(ours, "contentType")) is { } given)
        {
            return given;
        }

        if (
            _toContentType.Count > 0
            && Category(fields) is { } category
            && _toContentType.TryGetValue(category, out var mapped)
        )
        {
            return mapped[0];
        }

        return DependsOnProducts(eventName, standard) && !HasProducts(fields) ? "product_group" : "product";
    }

    private bool DependsOnProducts(string eventName, string standard) =>
        eventName switch
        {
            RudderStackEventNames.ProductListViewed => true,
            RudderStackEventNames.ProductViewed => !_toStandard.ContainsKey(eventName),
            _ => standard == RudderStackEventNames.ViewContent,
        };

    // The table finds the first product of a list; in text, it has to be found.
    private static string? Category(FieldValues fields) =>
        fields.Text(Field.Category)
        ?? Products
            .Each(fields.Element(Field.Products), RudderStackSource.ProductTable)
            .Take(1)
            .Select(product => JsonText.Of(JsonText.Member(product, "category")))
            .FirstOrDefault();

    private static bool HasProducts(FieldValues fields) =>
        Products.Each(fields.Element(Field.Products), RudderStackSource.ProductTable).Count > 0;

    private static FrozenDictionary<string, string[]> Lookup(IEnumerable<MapRow> rows) =>
        rows.Where(row => row.From is not null && row.To is not null)
            .GroupBy(row => row.From!.Trim(), row => row.To!.Trim(), StringComparer.Ordinal)
            .ToFrozenDictionary(row => row.Key, row => row.ToArray(), StringComparer.Ordinal);
}
