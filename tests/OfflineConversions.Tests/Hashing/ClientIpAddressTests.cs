using OfflineConversions.Hashing;

namespace OfflineConversions.Tests.Hashing;

public sealed class ClientIpAddressTests
{
    [Theory]
    [InlineData("203.0.113.7")]
    [InlineData("2001:db8::8a2e:370:7334")]
    [InlineData("2001:DB8::1")]
    [InlineData("::ffff:203.0.113.7")]
    [InlineData("203.0.113.7.AQYCAQAA")]
    [InlineData("2001:db8::1.Ag")]
    public void An_address_is_sent_as_it_is(string value) => Normalize.IpAddress($" {value} ").Should().Be(value);

    [Theory]
    [InlineData("1")]
    [InlineData("0x7f")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("127.1")]
    [InlineData("203.0.113")]
    [InlineData("203.0.113.256")]
    [InlineData("203.0.113.010")]
    [InlineData("203.0.113.7.56")]
    [InlineData("203.0.113. 7")]
    [InlineData("203.0.113.7:443")]
    [InlineData("203.0.113.7, 10.0.0.1")]
    [InlineData("[2001:db8::1]")]
    [InlineData("[2001:db8::1]:443")]
    [InlineData("fe80::1%eth0")]
    [InlineData("2001:db8::/32")]
    [InlineData(":")]
    [InlineData("localhost")]
    public void Anything_else_is_dropped(string value) => Normalize.IpAddress(value).Should().BeNull();
}
