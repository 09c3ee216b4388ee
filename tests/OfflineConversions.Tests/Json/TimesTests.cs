using System.Globalization;
using System.Text.Json;
using OfflineConversions.Json;

namespace OfflineConversions.Tests.Json;

/// <summary>
/// Rows "times" and "11/28/2026": the forms in which programs and people write when something happened.
/// </summary>
public class TimesTests
{
    private const string Expected = "2026-11-25T16:11:00Z";

    [Theory]
    // ISO 8601 and its relatives.
    [InlineData("2026-11-25T16:11:00Z")]
    [InlineData("2026-11-25t16:11:00z")]
    [InlineData("2026-11-25T16:11:00")]
    [InlineData("2026-11-25T16:11Z")]
    [InlineData("2026-11-25 16:11")]
    [InlineData("2026-11-25 16:11:00")]
    [InlineData("2026-11-25T16:11:00+00:00")]
    [InlineData("2026-11-25T17:11:00+01:00")]
    [InlineData("2026-11-25T17:11:00+0100")]
    [InlineData("2026-11-25T17:11:00+01")]
    [InlineData("2026-11-25T17:11:00 +0100")]
    [InlineData("2026-11-25 17:11:00 +01:00")]
    [InlineData("2026-11-25T11:11:00-05:00")]
    [InlineData("2026-11-25T11:11:00\u221205:00")]
    [InlineData("2026-11-25T21:41:00+05:30")]
    [InlineData("2026-11-25T21:56:00+0545")]
    [InlineData("2026-11-26T06:11:00+14:00")]
    [InlineData("20261125T161100Z")]
    [InlineData("20261125T161100+0000")]
    [InlineData("20261125161100")]
    // A zone's name or abbreviation behind it.
    [InlineData("2026-11-25 16:11:00 UTC")]
    [InlineData("2026-11-25T16:11:00UTC")]
    [InlineData("2026-11-25 16:11:00 utc")]
    [InlineData("2026-11-25 16:11:00 GMT")]
    [InlineData("2026-11-25 16:11:00 Z")]
    [InlineData("2026-11-25 17:11:00 UTC+1")]
    [InlineData("2026-11-25 17:11:00 UTC+01:00")]
    [InlineData("2026-11-25 17:11:00 GMT+0100")]
    [InlineData("2026-11-25 17:11:00 CET")]
    [InlineData("2026-11-25 11:11:00 EST")]
    [InlineData("2026-11-25 08:11:00 PST")]
    [InlineData("2026-11-26 01:11:00 JST")]
    [InlineData("2026-11-25 17:11:00 +0100 CET")]
    [InlineData("2026-11-25 16:11:00 +0000 UTC")]
    [InlineData("2026-11-25 16:11:00 +0000 UTC m=+0.000012345")]
    // A zone in brackets.
    [InlineData("2026-11-25T16:11:00Z[UTC]")]
    [InlineData("2026-11-25T16:11Z[UTC]")]
    [InlineData("2026-11-25T17:11:00+01:00[Europe/Paris]")]
    [InlineData("2026-11-25T17:11+01:00[Europe/Berlin]")]
    [InlineData("2026-11-25T16:11:00[UTC]")]
    [InlineData("2026-11-25T16:11:00 [GMT]")]
    [InlineData("2026-11-25T17:11:00[Europe/Berlin]")]
    [InlineData("2026-11-25T11:11:00[America/New_York]")]
    [InlineData("2026-11-25T10:11:00-06:00[America/Argentina/Buenos_Aires]")]
    [InlineData("2026-11-25 17:11:00 Europe/Madrid")]
    // RFC 1123, 850, 822 and 2822.
    [InlineData("Wed, 25 Nov 2026 16:11:00 GMT")]
    [InlineData("Wed, 25 Nov 2026 17:11:00 +0100")]
    [InlineData("Wed, 25 Nov 2026 17:11:00 +0100 (CET)")]
    [InlineData("Wed, 25 Nov 2026 16:11 +0000")]
    [InlineData("25 Nov 2026 16:11:00 +0000")]
    [InlineData("25 Nov 2026 16:11:00 UT")]
    [InlineData("Wed, 25 Nov 2026 11:11:00 EST")]
    [InlineData("Wed, 25 Nov 26 16:11:00 GMT")]
    [InlineData("Wednesday, 25-Nov-26 16:11:00 GMT")]
    [InlineData("Wed, 25-Nov-2026 16:11:00 GMT")]
    // JavaScript.
    [InlineData("Wed Nov 25 2026 17:11:00 GMT+0100 (Central European Time)")]
    [InlineData("Wed Nov 25 2026 17:11:00 GMT+0100 (Central European Standard Time)")]
    [InlineData("Wed Nov 25 2026 17:11:00 GMT+0100 (Mitteleuropäische Normalzeit)")]
    [InlineData("Wed Nov 25 2026 11:11:00 GMT-0500 (EST)")]
    [InlineData("Wed Nov 25 2026 16:11:00 GMT+0000 (Coordinated Universal Time)")]
    [InlineData("Wed Nov 25 2026 17:11:00 GMT+0100")]
    [InlineData("11/25/2026, 4:11:00 PM")]
    [InlineData("11/25/2026, 4:11:00\u202FPM")]
    // C, Java, Ruby, PHP, databases and people.
    [InlineData("Wed Nov 25 16:11:00 2026")]
    [InlineData("Wed Nov 25 16:11:00 UTC 2026")]
    [InlineData("Wed Nov 25 17:11:00 CET 2026")]
    [InlineData("Nov 25, 2026 4:11:00 PM")]
    [InlineData("Nov 25, 2026, 4:11:00 PM")]
    [InlineData("Nov 25 2026  4:11PM")]
    [InlineData("November 25, 2026 16:11")]
    [InlineData("November 25, 2026 at 4:11 PM")]
    [InlineData("Wednesday, November 25, 2026 4:11:00 p.m.")]
    [InlineData("25 November 2026 16:11:00")]
    [InlineData("25. November 2026 16:11:00")]
    [InlineData("25th November 2026 16:11")]
    [InlineData("25-Nov-2026 16:11:00")]
    [InlineData("2026/11/25 16:11:00")]
    [InlineData("2026.11.25 16:11:00")]
    [InlineData("25.11.2026 16:11:00")]
    [InlineData("25.11.2026, 16:11:00")]
    [InlineData("25/11/2026 16:11")]
    [InlineData("25-11-2026 16:11:00")]
    [InlineData("11-25-2026 16:11:00")]
    [InlineData(" 2026-11-25 16:11:00 ")]
    // Unix time as text: seconds, milliseconds, microseconds, nanoseconds.
    [InlineData("1795623060")]
    [InlineData("1795623060.0")]
    [InlineData("1795623060000")]
    [InlineData("1795623060000000")]
    [InlineData("1795623060000000000")]
    [InlineData("1.79562306E9")]
    public void A_time_in_text_is_read(string text)
    {
        Read(text).Should().Be(Expected);
        Read(text, DateOrder.DayFirst).Should().Be(Expected);
    }

    [Theory]
    [InlineData("1795623060")]
    [InlineData("1795623060.0")]
    [InlineData("1795623060000")]
    [InlineData("1795623060000000")]
    [InlineData("1795623060000000000")]
    [InlineData("1.79562306E12")]
    public void A_Unix_time_is_read_in_every_unit(string number) => Of(number).Should().Be(Expected);

    [Theory]
    [InlineData("2026-11-25 16:11:00.5 UTC", "2026-11-25T16:11:00.5Z")]
    [InlineData("2026-11-25 16:11:00.123 UTC", "2026-11-25T16:11:00.123Z")]
    [InlineData("2026-11-25 16:11:00.123456 UTC", "2026-11-25T16:11:00.123456Z")]
    [InlineData("2026-11-25T16:11:00.123456789Z", "2026-11-25T16:11:00.1234567Z")]
    [InlineData("2026-11-25T17:11:00,999+0100", "2026-11-25T16:11:00.999Z")]
    [InlineData("2026-11-25 16:11:00.123456+00:00", "2026-11-25T16:11:00.123456Z")]
    [InlineData("2026-11-25T16:11:00.25Z[UTC]", "2026-11-25T16:11:00.25Z")]
    [InlineData("20261125T161100.5Z", "2026-11-25T16:11:00.5Z")]
    [InlineData("1795623060.25", "2026-11-25T16:11:00.25Z")]
    [InlineData("1795623060250", "2026-11-25T16:11:00.25Z")]
    [InlineData("1795623060250750", "2026-11-25T16:11:00.25Z")]
    [InlineData("1795623060250999999", "2026-11-25T16:11:00.25Z")]
    [InlineData("2026-11-25", "2026-11-25T00:00:00Z")]
    [InlineData("20261125", "2026-11-25T00:00:00Z")]
    [InlineData("Wed Nov 25 2026", "2026-11-25T00:00:00Z")]
    [InlineData("25 Nov 2026", "2026-11-25T00:00:00Z")]
    [InlineData("2026-11-25Z", "2026-11-25T00:00:00Z")]
    [InlineData("2026-11-25+01:00", "2026-11-24T23:00:00Z")]
    [InlineData("2026-11-25T24:00:00Z", "2026-11-26T00:00:00Z")]
    [InlineData("2026-12-31T23:59:60Z", "2027-01-01T00:00:00Z")]
    [InlineData("11/25/2026 12:05 AM", "2026-11-25T00:05:00Z")]
    [InlineData("11/25/2026 12:05 PM", "2026-11-25T12:05:00Z")]
    [InlineData("2026-07-01T12:00:00[Europe/Berlin]", "2026-07-01T10:00:00Z")]
    [InlineData("2026-07-01 12:00:00 CEST", "2026-07-01T10:00:00Z")]
    [InlineData("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z")]
    public void A_fraction_a_missing_time_of_day_and_a_day_that_changes_are_read(string text, string expected) =>
        Read(text).Should().Be(expected);

    [Theory]
    [InlineData("11/28/2026 14:00", "2026-11-28T14:00:00Z", "2026-11-28T14:00:00Z")]
    [InlineData("28/11/2026 14:00", "2026-11-28T14:00:00Z", "2026-11-28T14:00:00Z")]
    [InlineData("03/04/2026", "2026-03-04T00:00:00Z", "2026-04-03T00:00:00Z")]
    [InlineData("3/4/2026 9:05", "2026-03-04T09:05:00Z", "2026-04-03T09:05:00Z")]
    [InlineData("03.04.2026 09:05:07", "2026-03-04T09:05:07Z", "2026-04-03T09:05:07Z")]
    [InlineData("03-04-2026", "2026-03-04T00:00:00Z", "2026-04-03T00:00:00Z")]
    [InlineData("03/04/2026 2:00 PM +0100", "2026-03-04T13:00:00Z", "2026-04-03T13:00:00Z")]
    [InlineData("2026/03/04", "2026-03-04T00:00:00Z", "2026-03-04T00:00:00Z")]
    [InlineData("2026-03-04", "2026-03-04T00:00:00Z", "2026-03-04T00:00:00Z")]
    public void A_date_with_the_year_last_follows_the_date_order(string text, string monthFirst, string dayFirst)
    {
        Read(text).Should().Be(monthFirst);
        Read(text, DateOrder.DayFirst).Should().Be(dayFirst);
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("now")]
    [InlineData("16:11")]
    [InlineData("2026-13-25")]
    [InlineData("2026-02-30")]
    [InlineData("2026-11-25T25:00:00Z")]
    [InlineData("2026-11-25T24:00:01Z")]
    [InlineData("2026-11-25T16:61:00Z")]
    [InlineData("2026-11-25T16:11:61Z")]
    [InlineData("2026-11-25 13:00 PM")]
    [InlineData("2026-11-25 0:00 AM")]
    [InlineData("2026-11-25 16:11:00 XYZ")]
    [InlineData("2026-11-25T16:11:00[Nowhere/Atlantis]")]
    [InlineData("2026-11-25T16:11:00+99:00")]
    [InlineData("2026-11-25T16:11:00Z and more")]
    [InlineData("13/13/2026")]
    [InlineData("11/28/26")]
    [InlineData("Foo 25 2026")]
    [InlineData("25 Foobar 2026 16:11")]
    [InlineData("2026-W48-3")]
    [InlineData("2026-330")]
    [InlineData("-1795623060")]
    [InlineData("1e300")]
    [InlineData("99999999999999999999999999")]
    [InlineData("٢٠٢٦-١١-٢٥")]
    [InlineData("0000-00-00 00:00:00")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    public void Anything_else_is_no_time(string text)
    {
        Read(text).Should().BeNull();
        Read(text, DateOrder.DayFirst).Should().BeNull();
    }

    [Theory]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("[1795623060]")]
    [InlineData("{\"date\":1795623060}")]
    public void Only_text_and_numbers_are_times(string json) => Of(json).Should().BeNull();

    private static string? Read(string text, DateOrder order = DateOrder.MonthFirst) =>
        Of(JsonSerializer.Serialize(text), order);

    private static string? Of(string json, DateOrder order = DateOrder.MonthFirst)
    {
        using var document = JsonTree.Parse(json);
        return Times.Read(document.Root, order)?.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture);
    }
}
