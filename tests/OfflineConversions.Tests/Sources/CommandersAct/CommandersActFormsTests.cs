using OfflineConversions.Conversions;
using OfflineConversions.Sources.CommandersAct;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources.CommandersAct;

/// <summary>The 1.0 form of a Commanders Act event, and the legacy shape.</summary>
public sealed class CommandersActFormsTests
{
    private const string Bare =
        """{"event_name":"purchase","value":1,"currency":"EUR","user":{"id":"u"},"context":{"event_id":"e"}}""";

    [Fact]
    public void The_1_0_form_is_lifted_into_todays()
    {
        const string Body = """
            {"event_name":"search","event_id":"202110130000000000","event_timestamp":1795262399000,
             "properties":{"search_term":"t-shirts","user":{"id":"12345","email":"toto@domain.fr",
              "consent_categories":[1,3]}},
             "page":{"title":"Search page","location":"https://shop.com/search?q=x"},
             "device":{"user_agent":"Mozilla/5.0","ip":"102.3.4.56",
              "cookie":"_fbp=fb.1.1795262300000.123; _fbc=fb.1.1795262300000.456; _ga=789"}}
            """;
        Some.CommandersAct(options => options.Of<CommandersActOptions>().UserConsentCategory = "3")
            .MapOne(Body)
            .Payload()
            .ShouldBe(
                $$"""
                {"event_name":"Search","event_time":1795262399,"event_id":"202110130000000000",
                 "action_source":"website",
                 "event_source_url":"https://shop.com/search?q=x",
                 "user_data":{"em":["{{Some.Sha256(
                    "toto@domain.fr"
                )}}"],"external_id":["12345"],"client_ip_address":"102.3.4.56",
                   "client_user_agent":"Mozilla/5.0","fbc":"fb.1.1795262300000.456","fbp":"fb.1.1795262300000.123"},
                 "custom_data":{"content_type":"product","search_term":"t-shirts"} }
                """
            );
    }

    [Fact]
    public void It_works_with_the_legacy_shape_too() =>
        Some.CommandersAct(options => options.Api = MetaApi.OfflineEvents)
            .MapOne(JsonPath.Set(Bare, "user.birthdate", "\"1990-04-03\""))
            .Payload()
            .ShouldBe(
                $$$"""
                {"match_keys":{"extern_id":"u","doby":"{{{Some.Sha256("1990")}}}","dobm":"{{{Some.Sha256(
                    "04"
                )}}}","dobd":"{{{Some.Sha256("03")}}}"},
                 "event_name":"Purchase","event_time":1795262400,"action_source":"website","value":1,"currency":"EUR",
                  "content_type":"product"}
                """
            );
}
