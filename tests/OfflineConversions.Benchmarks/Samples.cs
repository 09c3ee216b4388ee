using System.Text;

namespace OfflineConversions.Benchmarks;

/// <summary>The events that are measured.</summary>
internal static class Samples
{
    /// <summary>A RudderStack order of about 2.3 KB: three products, a full address, a browser's context.</summary>
    public static byte[] RudderStackOrder(
        string messageId = "9116b734-7e6b-4497-ab51-c16744d4487e",
        DateTimeOffset? at = null
    ) =>
        Encoding.UTF8.GetBytes(
            $$$$"""
            {"channel":"web","type":"track","messageId":"{{{{messageId}}}}","originalTimestamp":"{{{{(
                at ?? DateTimeOffset.UnixEpoch
            ).UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}}}}","timestamp":"{{{{(
                at ?? DateTimeOffset.UnixEpoch
            ).UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}}}}","userId":"user-4711","anonymousId":"4c1bdc73-5b2e-4e0e-9d3a-0c1f3a1e7b52","event":"Order Completed","context":{"app":{"build":"1.0.0","name":"RudderLabs JavaScript SDK","namespace":"com.rudderlabs.javascript","version":"1.1.2"},"traits":{"email":"alex.keener@example.com","phone":"+1-202-555-0146","gender":"female","birthday":"1985-03-27","firstName":"Alexandra","lastName":"Keener","address":{"city":"New Orleans","state":"Louisiana","postalCode":"70112","country":"USA","street":"12 Rampart Street"},"plan":"gold"},"library":{"name":"RudderLabs JavaScript SDK","version":"1.1.2"},"userAgent":"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_3) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/83.0.4103.97 Safari/537.36","ip":"203.0.113.7","locale":"en-GB","os":{"name":"","version":""},"screen":{"density":2,"width":1440,"height":900},"device":{"advertisingId":"07d2ebaa-e956-407e-a1e6-f05f871bf4e2","type":"web"},"page":{"path":"/checkout/thanks","referrer":"https://shop.example.com/checkout","search":"?order=50314b8e&utm_source=mail","title":"Thank you for your order","url":"https://shop.example.com/checkout/thanks?order=50314b8e&utm_source=mail"}},"integrations":{"All":true},"properties":{"order_id":"50314b8e9bcf000000000000","checkout_id":"fksdjfsdjfisjf9sdfjsd9f","affiliation":"Google Store","total":127.5,"revenue":119.99,"shipping":5.5,"tax":2.01,"discount":2.5,"coupon":"hasbros","currency":"USD","store":"New Orleans, Canal Street","products":[{"product_id":"507f1f77bcf86cd799439011","sku":"45790-32","name":"Monopoly: 3rd Edition","price":19.0,"quantity":1,"category":"Games","brand":"Hasbro","url":"https://shop.example.com/product/path","image_url":"https://shop.example.com/product/path.jpg"},{"product_id":"505bd76785ebb509fc183733","sku":"46493-32","name":"Uno Card Game","price":3.5,"quantity":2,"category":"Games","brand":"Mattel"},{"product_id":"505bd76785ebb509fc183734","sku":"46493-33","name":"Catan","price":93.99,"quantity":1,"category":"Games","brand":"Kosmos"}]},"sentAt":"{{{{(
                at ?? DateTimeOffset.UnixEpoch
            ).UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}}}}"}
            """
        );

    /// <summary>The sample call of RudderStack's page, as its Node SDK sends it.</summary>
    public static byte[] RudderStackSample(string messageId, DateTimeOffset at) =>
        Encoding.UTF8.GetBytes(
            $$$$"""
            {"userId":"user@1","event":"Product Added","properties":{"products":[{"id":1,"category":"Games","brand":"Hasbro","price":18.99,"quantity":1}],"order_id":"cart1234","price":18.99,"currency":"USD"},"context":{"traits":{"email":"alex@example.com","phone":"+1-202-555-0146","gender":"male","firstName":"Alex","lastName":"Keener","address":{"city":"New Orleans","state":"Louisiana","postalCode":"90009","country":"USA"}},"library":{"name":"analytics-node","version":"3.0.13"}},"type":"track","messageId":"{{{{messageId}}}}","originalTimestamp":"{{{{at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}}}}"}
            """
        );
}
