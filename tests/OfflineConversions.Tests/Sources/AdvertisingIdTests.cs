using OfflineConversions.Conversions;

namespace OfflineConversions.Tests.Sources;

/// <summary>
/// An advertising id with a flag that forbids its use: left out, warning <c>advertising_id_not_allowed</c>.
/// </summary>
public sealed class AdvertisingIdTests
{
    private const string Id = "38400000-8cf0-11bd-b23e-10b96e40000d";

    [Theory]
    [InlineData(SourceName.Segment, "context.device.adTrackingEnabled", "false")]
    [InlineData(SourceName.Segment, "context.device.adTrackingEnabled", "\"false\"")]
    [InlineData(SourceName.Segment, "context.device.adTrackingEnabled", "\"FALSE\"")]
    [InlineData(SourceName.Segment, "context.device.adTrackingEnabled", "0")]
    [InlineData(SourceName.Segment, "context.device.trackingStatus", "\"denied\"")]
    [InlineData(SourceName.Segment, "context.device.trackingStatus", "\"restricted\"")]
    [InlineData(SourceName.RudderStack, "context.device.adTrackingEnabled", "false")]
    [InlineData(SourceName.RudderStack, "context.device.adTrackingEnabled", "\"False\"")]
    [InlineData(SourceName.RudderStack, "context.device.attTrackingStatus", "2")]
    [InlineData(SourceName.RudderStack, "context.device.attTrackingStatus", "1")]
    [InlineData(SourceName.MParticle, "device_info.limit_ad_tracking", "true")]
    [InlineData(SourceName.MParticle, "device_info.limit_ad_tracking", "\"true\"")]
    [InlineData(SourceName.MParticle, "device_info.limit_ad_tracking", "\"True\"")]
    [InlineData(SourceName.MParticle, "device_info.att_authorization_status", "\"denied\"")]
    [InlineData(SourceName.MParticle, "device_info.att_authorization_status", "\"Denied\"")]
    [InlineData(SourceName.MParticle, "device_info.att_authorization_status", "\"restricted\"")]
    public void A_flag_that_forbids_the_use_of_the_id_leaves_it_out(string source, string path, string flag)
    {
        var result = Identity.Options(source).MapOne(JsonPath.Set(WithId(source), path, flag));
        result.Reason.Should().Be("insufficient_customer_information");
        result.Warnings.Should().Equal("advertising_id_not_allowed");
    }

    [Theory]
    [InlineData(SourceName.Segment, "context.device.adTrackingEnabled", "true")]
    [InlineData(SourceName.Segment, "context.device.adTrackingEnabled", "null")]
    [InlineData(SourceName.Segment, "context.device.trackingStatus", "\"authorized\"")]
    [InlineData(SourceName.Segment, "context.device.model", "\"x\"")]
    [InlineData(SourceName.RudderStack, "context.device.adTrackingEnabled", "true")]
    [InlineData(SourceName.RudderStack, "context.device.attTrackingStatus", "3")]
    [InlineData(SourceName.MParticle, "device_info.limit_ad_tracking", "false")]
    [InlineData(SourceName.MParticle, "device_info.att_authorization_status", "\"authorized\"")]
    [InlineData(SourceName.MParticle, "device_info.att_authorization_status", "\"not_determined\"")]
    public void Otherwise_the_id_is_sent(string source, string path, string flag)
    {
        var result = Identity.Options(source).MapOne(JsonPath.Set(WithId(source), path, flag));
        result.Of(MatchKey.MobileAdvertiserId).Should().Be(Id);
        result.Warnings.Should().BeEmpty();
    }

    [Theory]
    [InlineData("ios_advertising_id")]
    [InlineData("android_advertising_id")]
    public void Both_ids_of_mParticle_obey_the_flag(string name)
    {
        var body = JsonPath.Set(
            JsonPath.Set(Identity.Body(SourceName.MParticle), "device_info.limit_ad_tracking", "true"),
            "device_info." + name,
            $"\"{Id}\""
        );
        Some.MParticle().MapOne(body).Warnings.Should().Equal("advertising_id_not_allowed");
    }

    [Theory]
    [InlineData(SourceName.Segment, "context.device.adTrackingEnabled", "false")]
    [InlineData(SourceName.MParticle, "device_info.limit_ad_tracking", "true")]
    public void Without_an_id_there_is_no_warning(string source, string path, string flag) =>
        Identity.Options(source).MapOne(JsonPath.Set(Identity.Body(source), path, flag)).Warnings.Should().BeEmpty();

    private static string WithId(string source) =>
        JsonPath.Set(
            Identity.Body(source),
            source == SourceName.MParticle ? "device_info.ios_advertising_id" : "context.device.advertisingId",
            $"\"{Id}\""
        );
}
