using OfflineConversions.Conversions;
using OfflineConversions.Json;
using OfflineConversions.Privacy;

namespace OfflineConversions.Targets.Meta;

/// <summary>An event that contains nothing that Meta forbids or refuses.</summary>
/// <param name="Event">The event.</param>
/// <param name="Warnings">The codes of what was left out. They concern the event only if it is sent.</param>
internal readonly record struct CleanedEvent(ConversionEvent Event, IReadOnlyList<string> Warnings);

/// <summary>
/// The first stage after hashing, <c>clean</c>: leaves out personal data, products without an id and free properties
/// under Meta's own names.
/// </summary>
internal sealed class EventCleaner(IMetaShape shape, PersonalDataGuard guard)
{
    /// <summary>The same event where there is nothing to leave out, which is nearly always; else a copy.</summary>
    /// <param name="conversion">The event.</param>
    /// <param name="warnings">Receives the codes of what was left out; what it had before is forgotten.</param>
    public CleanedEvent Clean(ConversionEvent conversion, Warnings warnings)
    {
        warnings.Clear();
        var cleaned = IsClean(conversion) ? conversion : WithoutEmails(conversion, warnings);
        var contents = WithoutMissingIds(cleaned.Contents, warnings);
        var properties = Properties(cleaned, warnings);
        var url = guard.Url(cleaned.EventSourceUrl, warnings);
        var fields = cleaned.HasEventFields ? Fields(cleaned, warnings) : null;
        var isSame =
            ReferenceEquals(contents, cleaned.Contents)
            && ReferenceEquals(properties, cleaned.CustomData)
            && fields is null
            && url == cleaned.EventSourceUrl;
        return new CleanedEvent(
            isSame
                ? cleaned
                : cleaned with
                {
                    Contents = contents,
                    CustomData = properties,
                    EventFields = fields ?? new CustomData(),
                    EventSourceUrl = url,
                },
            warnings.Codes
        );
    }

    private bool IsClean(ConversionEvent conversion)
    {
        if (
            guard.IsPersonal(conversion.UploadTag)
            || guard.IsPersonal(conversion.ContentType)
            || guard.IsPersonal(conversion.OrderId)
            || guard.IsPersonal(conversion.ItemNumber)
            || AnyIsPersonal(conversion.ContentIds)
            || (conversion.DataProcessing is { } processing && AnyIsPersonal(processing.Options))
        )
        {
            return false;
        }

        for (var index = 0; index < conversion.Targets.Count; index++)
        {
            if (guard.IsPersonal(conversion.Targets[index].ContentType))
            {
                return false;
            }
        }

        for (var index = 0; index < conversion.Contents.Count; index++)
        {
            var content = conversion.Contents[index];
            if (guard.IsPersonal(content.Id) || guard.IsPersonal(content.Brand) || guard.IsPersonal(content.Category))
            {
                return false;
            }
        }

        return true;
    }

    private bool AnyIsPersonal(IReadOnlyList<string> texts)
    {
        for (var index = 0; index < texts.Count; index++)
        {
            if (guard.IsPersonal(texts[index]))
            {
                return true;
            }
        }

        return false;
    }

    private ConversionEvent WithoutEmails(ConversionEvent conversion, Warnings warnings) =>
        conversion with
        {
            UploadTag = guard.Text(conversion.UploadTag, warnings),
            ContentType = guard.Text(conversion.ContentType, warnings),
            OrderId = guard.Text(conversion.OrderId, warnings),
            ItemNumber = guard.Text(conversion.ItemNumber, warnings),
            ContentIds = WithoutEmails(conversion.ContentIds, warnings),
            DataProcessing = conversion.DataProcessing is { } processing
                ? processing with
                {
                    Options = WithoutEmails(processing.Options, warnings),
                }
                : null,
            Targets =
            [
                .. conversion.Targets.Select(target =>
                    target with
                    {
                        ContentType = guard.Text(target.ContentType, warnings),
                    }
                ),
            ],
            Contents =
            [
                .. conversion.Contents.Select(content =>
                    content with
                    {
                        Id = guard.Text(content.Id, warnings),
                        Brand = guard.Text(content.Brand, warnings),
                        Category = guard.Text(content.Category, warnings),
                    }
                ),
            ],
        };

    private string[] WithoutEmails(IReadOnlyList<string> texts, Warnings warnings) =>
        [.. texts.Where(text => guard.Text(text, warnings) is not null)];

    // Meta refuses an event for one product without an id.
    private static IReadOnlyList<Content> WithoutMissingIds(IReadOnlyList<Content> contents, Warnings warnings)
    {
        for (var index = 0; index < contents.Count; index++)
        {
            if (contents[index].Id.IsAbsent)
            {
                warnings.Add(Warning.ContentWithoutId);
                return [.. contents.Where(content => !content.Id.IsAbsent)];
            }
        }

        return contents;
    }

    private CustomData Properties(ConversionEvent conversion, Warnings warnings)
    {
        CustomData? changed = null;
        var properties = conversion.CustomData.Span;
        for (var index = 0; index < properties.Length; index++)
        {
            var (name, value) = properties[index];
            var isConverted = false;
            var isReserved = shape.IsReserved(name, conversion) || !HasType(name, ref value, ref isConverted);
            if (!isReserved && !isConverted && guard.Accepts(name, value))
            {
                changed?.Add(name, value);
                continue;
            }

            changed ??= conversion.CustomData.Take(index);
            if (isReserved)
            {
                warnings.Add(Warning.PropertyNotSent);
            }
            else if ((guard.Accepts(name, value) ? value : guard.Clean(name, value, warnings)) is { } cleaned)
            {
                changed.Add(name, cleaned);
            }
        }

        return changed ?? conversion.CustomData;
    }

    /// <summary>
    /// Whether Meta accepts the value under this name. Meta refuses an event for a field of the wrong type.
    /// </summary>
    private bool HasType(string name, ref CustomValue value, ref bool isConverted)
    {
        if (!shape.CustomDataFields.TryGetValue(name, out var type) || value.Text is not null)
        {
            return true;
        }

        if (type.Read(value.Json, DateOrder.MonthFirst, out _) is not { } typed)
        {
            return false;
        }

        isConverted = typed.ValueKind != value.Json.ValueKind || typed.GetRawText() != value.Json.GetRawText();
        value = isConverted ? new CustomValue(typed, Text: null) : value;
        return true;
    }

    private CustomData Fields(ConversionEvent conversion, Warnings warnings)
    {
        var fields = new CustomData();
        foreach (var (name, value) in conversion.EventFields.Entries)
        {
            if (!shape.EventFields.ContainsKey(name))
            {
                warnings.Add(Warning.PropertyNotSent);
            }
            else if (name == EventFields.ReferrerUrl)
            {
                fields.Set(name, guard.Url(JsonText.Of(value.Json), warnings).Text);
            }
            else if ((guard.Accepts(name, value) ? value : guard.Clean(name, value, warnings)) is { } cleaned)
            {
                fields.Add(name, cleaned);
            }
        }

        return fields;
    }
}
