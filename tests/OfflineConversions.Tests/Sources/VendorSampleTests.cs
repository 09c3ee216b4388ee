using OfflineConversions.Conversions;
using OfflineConversions.Sources.RudderStack;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Tests.Sources;

/// <summary>Each vendor's own sample event, as its page prints it, becomes what its page says.</summary>
public class VendorSampleTests
{
    [Fact]
    public void Commanders_Acts_purchase_becomes_the_event_its_page_prints()
    {
        const string Body = """
            {
              "event_name": "purchase", "id": "purchase_id_1234", "type": "online",
              "user": {
                "email": "user@example.com", "id": "user_example_id", "tcId": "202205231352367212315156",
                "consistent_anonymous_id": "202205231352367212315156", "consent_categories": [ "1", "2", "3", "4" ]
              },
              "value": 246.9, "currency": "EUR",
              "items": [ { "product": { "id": "product123" }, "price": "123.45", "id": "ET", "item_category": "Car",
               "item_quantity": 2 } ],
              "context": {
                "event_id": "1a01c3e940f150eb9b8c542587f1abfd8f0e1cc1f", "event_timestamp": 1707830130234,
                "page": { "location": { "href": "https://site.com/path?s=2", "hostname": "site.com" },
                 "url": "https://site.com/path?s=2" },
                "device": { "ip": "123.123.123.123", "user_agent": "Mozilla/5.0" },
                "cookie": "_fbp=fb.1.1653472342558.832801021; some_other=cookie;"
              },
              "integrations": { "facebook": {
                "custom_data": { "category": "category1" }, "user_data": { "fbp": "fb.1.1558571054389.1098115397" } } },
            }
            """;

        var result = Some.CommandersAct().MapOne(Body, DateTimeOffset.FromUnixTimeSeconds(1707830131));

        // The page's fbc has no source in its input; event_id, content_type and category follow its own rules.
        result
            .Payload()
            .ShouldBe(
                """
                {
                  "event_name": "Purchase", "event_time": 1707830130,
                   "event_id": "1a01c3e940f150eb9b8c542587f1abfd8f0e1cc1f",
                  "event_source_url": "https://site.com/path?s=2", "action_source": "website",
                  "user_data": {
                    "em": ["b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514"],
                    "external_id": ["user_example_id"], "client_ip_address": "123.123.123.123",
                     "client_user_agent": "Mozilla/5.0",
                    "fbp": "fb.1.1558571054389.1098115397"
                  },
                  "custom_data": {
                    "id": "purchase_id_1234", "currency": "EUR", "value": 246.9, "category": "category1",
                     "content_type": "product",
                    "contents": [ { "id": "product123", "quantity": 2, "item_price": 123.45 } ]
                  }
                }
                """
            );
    }

    [Fact]
    public void Segments_product_added_becomes_an_add_to_cart()
    {
        const string Body = """
            {
              "type": "track", "userId": "hamsolo813", "event": "Product Added", "messageId": "m1",
               "timestamp": "2026-11-20T12:00:00Z",
              "properties": {
                "cart_id": "cart1234", "product_id": "product12356", "sku": "G-32", "category": "Games",
                 "name": "Monopoly: 3rd Edition",
                "brand": "Hasbro", "variant": "200 pieces", "price": 18.99, "quantity": 1, "coupon": "MAYDEALS",
                 "position": 3
              },
              "context": { "traits": {
                "email": "hamsolo813@hamsolo813.com", "phone": "4011234567", "gender": "m", "name": "ham solo",
                "address": { "city": "East Greenwich", "state": "RI", "postalCode": "02818", "country": "USA" } } }
            }
            """;

        var result = Some.Segment().MapOne(Body);

        result
            .Payload()
            .ShouldBe(
                $$"""
                {
                  "event_name": "AddToCart", "event_time": 1795176000, "event_id": "m1",
                   "action_source": "physical_store",
                  "user_data": {
                    "em": ["{{Some.Sha256("hamsolo813@hamsolo813.com")}}"], "ph": ["{{Some.Sha256(
                    "4011234567"
                )}}"], "ge": "{{Some.Sha256("m")}}",
                    "fn": "{{Some.Sha256("ham")}}", "ln": "{{Some.Sha256("solo")}}", "ct": "{{Some.Sha256(
                    "eastgreenwich"
                )}}",
                    "st": "{{Some.Sha256("ri")}}", "zp": "{{Some.Sha256("02818")}}", "country": "{{Some.Sha256("us")}}",
                    "external_id": ["hamsolo813"]
                  },
                  "custom_data": {
                    "content_type": "product", "content_ids": ["product12356"],
                    "contents": [ { "id": "product12356", "quantity": 1, "item_price": 18.99, "brand": "Hasbro",
                     "category": "Games" } ],
                    "cart_id": "cart1234", "sku": "G-32", "category": "Games", "name": "Monopoly: 3rd Edition",
                     "brand": "Hasbro",
                    "variant": "200 pieces", "price": 18.99, "quantity": 1, "coupon": "MAYDEALS", "position": 3
                  }
                }
                """
            );
        result.Warnings.Should().Equal("phone_without_country_code");
        result.Deliveries[0].UploadTag.Should().Be("Segment");
    }

    [Fact]
    public void RudderStacks_product_added_becomes_an_add_to_cart_in_the_legacy_shape()
    {
        var result = Some.RudderStack(options =>
            {
                options.Api = MetaApi.OfflineEvents;
                options.Of<RudderStackOptions>().LimitedDataUsage = true;
            })
            .MapOne(RudderStackSample);

        result
            .Payload()
            .ShouldBe(
                $$"""
                {
                  "match_keys": {
                    "email": ["{{Some.Sha256("alex@example.com")}}"], "phone": ["{{Some.Sha256(
                    "12025550146"
                )}}"], "gen": "{{Some.Sha256("m")}}",
                    "fn": "{{Some.Sha256("alex")}}", "ln": "{{Some.Sha256("keener")}}", "ct": "{{Some.Sha256(
                    "neworleans"
                )}}",
                    "st": ["{{Some.Sha256("la")}}"], "zip": ["{{Some.Sha256("90009")}}"], "country": "{{Some.Sha256(
                    "us"
                )}}",
                    "extern_id": "user@1"
                  },
                  "event_name": "AddToCart", "event_time": 1795262400, "action_source": "physical_store",
                  "value": 18.99, "currency": "USD", "content_type": "product", "order_id": "cart1234",
                  "contents": [ { "id": "1", "quantity": 1, "price": 18.99, "brand": "Hasbro", "category": "Games" } ],
                  "data_processing_options": ["LDU"], "data_processing_options_country": 1,
                   "data_processing_options_state": 1000
                }
                """
            );
        result.Deliveries[0].UploadTag.Should().Be("RudderStack");
    }

    [Fact]
    public void RudderStacks_product_added_becomes_an_add_to_cart_in_the_conversions_api()
    {
        var payload = Some.RudderStack().MapOne(RudderStackSample).Payload();

        payload["user_data"]
            .ShouldBe(
                $$"""
                {
                  "em": ["{{Some.Sha256("alex@example.com")}}"], "ph": ["{{Some.Sha256(
                    "12025550146"
                )}}"], "ge": "{{Some.Sha256("m")}}",
                  "fn": "{{Some.Sha256("alex")}}", "ln": "{{Some.Sha256("keener")}}", "ct": "{{Some.Sha256(
                    "neworleans"
                )}}",
                  "st": "{{Some.Sha256("la")}}", "zp": "{{Some.Sha256("90009")}}", "country": "{{Some.Sha256("us")}}",
                  "external_id": ["user@1"]
                }
                """
            );
        payload["custom_data"]
            .ShouldBe(
                """
                {
                  "value": 18.99, "currency": "USD", "content_type": "product", "order_id": "cart1234",
                  "contents": [ { "id": "1", "quantity": 1, "item_price": 18.99, "brand": "Hasbro",
                   "category": "Games" } ]
                }
                """
            );
    }

    [Fact]
    public void MParticles_commerce_event_becomes_a_purchase_with_exactly_the_documented_match_keys()
    {
        const string Body = """
            {
              "environment": "development", "mpid": 9223372036854775807,
              "user_identities": { "customerid": "123456", "email": "example@foo.com" },
              "device_info": { "ios_advertising_id": "07D2EBAA-e956-407e-a1e6-f05f871bf4e2",
               "android_advertising_id": "00000000-0000-0000-0000-000000000000" },
              "user_attributes": {
                "$FirstName": "John", "$LastName": "Doe", "$Gender": "M", "$City": "New York", "$State": "NY",
                 "$Country": "USA", "$Zip": "10016" },
              "events": [ { "event_type": "commerce_event", "data": {
                "product_action": { "action": "purchase", "transaction_id": "t1", "total_amount": 21.49,
                 "tax_amount": 1.5,
                  "products": [ { "id": "sample-sku", "name": "Example Product", "price": 19.99, "quantity": 2 } ] },
                "timestamp_unixtime_ms": 1795262399999, "custom_attributes": { "store": "s1" },
                 "currency_code": "USD", "source_message_id": "s-1" } } ]
            }
            """;

        var result = Some.MParticle().MapOne(Body);

        result
            .Payload()
            .ShouldBe(
                $$"""
                {
                  "event_name": "Purchase", "event_time": 1795262399, "event_id": "s-1",
                   "action_source": "physical_store",
                  "user_data": {
                    "em": ["{{Some.Sha256("example@foo.com")}}"], "ge": "{{Some.Sha256("m")}}", "fn": "{{Some.Sha256(
                    "john"
                )}}",
                    "ln": "{{Some.Sha256("doe")}}", "ct": "{{Some.Sha256("newyork")}}", "country": "{{Some.Sha256(
                    "us"
                )}}",
                    "madid": "07d2ebaa-e956-407e-a1e6-f05f871bf4e2"
                  },
                  "custom_data": {
                    "value": 21.49, "currency": "USD", "order_id": "t1", "store": "s1",
                    "contents": [ { "id": "sample-sku", "quantity": 2, "item_price": 19.99 } ]
                  }
                }
                """
            );
        result.Deliveries[0].UploadTag.Should().Be("mParticle");
    }

    private const string RudderStackSample = """
        {
          "type": "track", "userId": "user@1", "event": "Product Added", "messageId": "r1",
           "timestamp": "2026-11-21T12:00:00.000Z",
          "properties": {
            "products": [ { "id": 1, "category": "Games", "brand": "Hasbro", "price": 18.99, "quantity": 1 } ],
            "order_id": "cart1234", "price": 18.99, "currency": "USD" },
          "traits": {
            "email": "alex@example.com", "phone": "+1-202-555-0146", "gender": "male", "firstName": "Alex",
             "lastName": "Keener",
            "address": { "city": "New Orleans", "state": "Louisiana", "postalCode": "90009", "country": "USA" } },
          "context": {
            "dataProcessingOptions": [ ["LDU"], 1, 1000 ],
            "externalId": [ { "id": "leadId-value", "type": "LeadId" } ] }
        }
        """;
}
