using System.Runtime.CompilerServices;
using System.Text;
using OfflineConversions.Mapping;
using OfflineConversions.Sources.CommandersAct;
using OfflineConversions.Sources.MParticle;
using OfflineConversions.Sources.RudderStack;
using OfflineConversions.Sources.Segment;

namespace OfflineConversions.Tests.Sources;

/// <summary>
/// The tables of docs/reference/sources are the tables of the code. After a change of the code, UPDATE_PAGES=1 writes
/// them anew.
/// </summary>
public class SourcePagesTests
{
    public static TheoryData<string, string> Tables =>
        new()
        {
            { "mparticle", "events" },
            { "mparticle", "fields" },
            { "mparticle", "attributes" },
            { "mparticle", "products" },
            { "mparticle", "states" },
            { "segment", "events" },
            { "segment", "fields" },
            { "segment", "products" },
            { "rudderstack", "events" },
            { "rudderstack", "fields" },
            { "rudderstack", "products" },
            { "commanders-act", "events" },
            { "commanders-act", "fields" },
            { "commanders-act", "products" },
        };

    [Theory]
    [MemberData(nameof(Tables))]
    public void A_page_carries_the_table_that_the_code_works_by(string page, string table)
    {
        var path = Path.Combine(Root(), "docs", "reference", "sources", page + ".md");
        var text = File.ReadAllText(path).ReplaceLineEndings("\n");
        var (begin, end) = ($"<!-- {table} -->\n", $"<!-- /{table} -->");
        var from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var to = text.IndexOf(end, StringComparison.Ordinal);
        to.Should().BeGreaterThan(from - 1, $"{page}.md has the markers of the table {table}");
        if (Environment.GetEnvironmentVariable("UPDATE_PAGES") == "1")
        {
            File.WriteAllText(path, text[..from] + Expected(page, table) + text[to..]);
            return;
        }

        text[from..to].Should().Be(Expected(page, table));
    }

    private static string Expected(string page, string table) =>
        (page, table) switch
        {
            ("mparticle", "events") => Names(
                "Product action",
                MParticleEventNames.Documented,
                MParticleEventNames.Standard
            ),
            ("mparticle", "fields") => Fields("mParticle event", MParticleFields.Event),
            ("mparticle", "attributes") => Fields("mParticle user attribute", MParticleFields.Attributes),
            ("mparticle", "products") => Fields("mParticle product", MParticleFields.Product),
            ("mparticle", "states") => States(),
            ("segment", "events") => Names("Segment event", SegmentEventNames.Semantic),
            ("segment", "fields") => Fields("Segment message", SegmentFields.Event),
            ("segment", "products") => Fields("Segment product", SegmentFields.Product),
            ("rudderstack", "events") => Names("RudderStack event", RudderStackEventNames.Standard),
            ("rudderstack", "fields") => Fields("RudderStack message", RudderStackFields.Event("properties.value")),
            ("rudderstack", "products") => Fields("RudderStack product", RudderStackFields.Product),
            ("commanders-act", "events") => Names("Commanders Act event", CommandersActEventNames.Standard),
            ("commanders-act", "fields") => Fields("Commanders Act event", CommandersActFields.Event),
            ("commanders-act", "products") => Fields("Commanders Act item", CommandersActFields.Item),
            _ => throw new ArgumentOutOfRangeException(nameof(table)),
        };

    private static string Names(
        string head,
        IReadOnlyDictionary<string, string> names,
        IReadOnlyDictionary<string, string>? standard = null
    )
    {
        var text = new StringBuilder();
        text.Append(
            standard is null
                ? $"| {head} | Event name at Meta |\n|---|---|\n"
                : $"| {head} | Event name at Meta | with `UseStandardEventNames` |\n|---|---|---|\n"
        );
        foreach (var (name, meta) in names.OrderBy(row => row.Key, StringComparer.Ordinal))
        {
            text.Append(
                standard is null ? $"| `{name}` | `{meta}` |\n" : $"| `{name}` | `{meta}` | `{standard[name]}` |\n"
            );
        }

        return text.ToString();
    }

    private static string Fields(string head, FieldTable table)
    {
        var text = new StringBuilder($"| What it becomes | {head}, first non-empty wins |\n|---|---|\n");
        foreach (var (field, paths) in table.Rows)
        {
            text.Append($"| {Label(field)} | {string.Join(", ", paths.Select(path => $"`{path}`"))} |\n");
        }

        return text.ToString();
    }

    private static string States()
    {
        var text = new StringBuilder("| State | `data_processing_options_state` |\n|---|---|\n");
        foreach (var (state, number) in MParticleLimitedDataUse.States.OrderBy(row => row.Value))
        {
            text.Append($"| `{state}` | {number} |\n");
        }

        return text.ToString();
    }

    // Conversions API name, then the legacy one where it differs.
    private static string Label(Field field) =>
        field switch
        {
            Field.Email => "`em` (`email`)",
            Field.Phone => "`ph` (`phone`)",
            Field.FirstName => "`fn`",
            Field.LastName => "`ln`",
            Field.Name => "`fn` and `ln`, split at the first blank",
            Field.Gender => "`ge` (`gen`)",
            Field.Birthdate => "`db` (`doby`, `dobm`, `dobd`)",
            Field.City => "`ct`",
            Field.State => "`st`",
            Field.Zip => "`zp` (`zip`)",
            Field.Country => "`country`",
            Field.ExternalId => "`external_id` (`extern_id`)",
            Field.ExternalIds => "`lead_id`, and `em` where its first entry is an e-mail address",
            Field.MobileAdvertiserId => "`madid`",
            Field.Emails => "`em` (`email`), every entry as well",
            Field.Phones => "`ph` (`phone`), every entry as well",
            Field.AdTrackingEnabled => "whether `madid` may be used",
            Field.AdTrackingStatus => "whether `madid` may be used, iOS",
            Field.ClientIpAddress => "`client_ip_address` (not in the legacy shape)",
            Field.ClientUserAgent => "`client_user_agent`",
            Field.ClickId => "`fbc`",
            Field.BrowserId => "`fbp`",
            Field.Cookies => "`fbc` and `fbp` (cookies `_fbc`, `_fbp`)",
            Field.EventId => "`event_id` (not in the legacy shape)",
            Field.EventTime => "`event_time`",
            Field.EventName => "`event_name`",
            Field.ActionSource => "`action_source`",
            Field.EventSourceUrl => "`event_source_url`",
            Field.UploadTag => "`upload_tag`",
            Field.Value => "`value`",
            Field.Currency => "`currency`",
            Field.OrderId => "`order_id`",
            Field.ItemNumber => "`item_number`",
            Field.Products => "`contents`",
            Field.Contents => "`contents` in Meta's own shape, where there are no products",
            Field.ContentIds => "`content_ids`",
            Field.Device => "whether it came from a browser or an app",
            Field.Properties => "`custom_data`: what is not used elsewhere",
            Field.ContentName => "`content_name`",
            Field.Status => "`status`",
            Field.Category => "the category",
            Field.ProductId => "`id`",
            Field.Quantity => "`quantity`",
            Field.Price => "`item_price` (`price`)",
            Field.Brand => "`brand`",
            Field.ProductCategory => "`category`",
            Field.ProductName => "`content_name`, the first one",
            Field.Type => "the type of the event",
            Field.SentAt => "when the client sent it",
            Field.ReceivedAt => "when the vendor received it",
            Field.OriginalTimestamp => "when the client says it happened",
            Field.Integrations => "whether it is for this destination",
            Field.Context => "options of this destination and [Meta's own fields](../values.md#metas-own-fields)",
            Field.DataProcessingOptions => "`data_processing_options`",
            Field.Consent => "the consent categories",
            Field.Overrides => "[Meta's own fields](../values.md#metas-own-fields)",
            _ => field.ToString(),
        };

    private static string Root([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));
}
