using OfflineConversions.Hashing;
using OfflineConversions.Json;

namespace OfflineConversions.Tests.Hashing;

public sealed class BirthdateTests
{
    [Theory]
    [InlineData("19900304")]
    [InlineData("1990-03-04")]
    [InlineData("1990-3-4")]
    [InlineData("1990/03/04")]
    [InlineData("1990年3月4日")]
    [InlineData("1990-03-04T23:59:59-11:00")]
    [InlineData("1990-03-04T00:30:00.000+14:00")]
    [InlineData("1990-03-04T00:00:00Z")]
    [InlineData("1990-03-04 00:00:00")]
    [InlineData("19900304T000000Z")]
    [InlineData("1990-03-04-00-00-00")]
    [InlineData("1990-03-04-23-59-59")]
    [InlineData("1990-03-04_00-00-00")]
    [InlineData("1990-03-04 00.00.00")]
    [InlineData("1990-03-04 00:00")]
    [InlineData("1990-03-04 0:00")]
    [InlineData("1990-03-04 00:00:00.000")]
    [InlineData("1990-03-04 00:00:00.0000000")]
    [InlineData("1990-03-04 00:00:00,123")]
    [InlineData("1990-03-04 00:00:00 UTC")]
    [InlineData("1990-03-04 00:00:00 +0100")]
    [InlineData("1990-03-04 00:00:00+01")]
    [InlineData("1990-03-04 00:00:00 -08:00")]
    [InlineData("1990-03-04T00:00:00.000000001Z")]
    [InlineData("1990-03-04t00:00:00z")]
    [InlineData("1990-03-04 12:00 AM")]
    [InlineData("1990-03-04 12 am")]
    [InlineData("1990-03-04 12:00:00 a.m.")]
    [InlineData("1990-03-04, 00:00:00")]
    [InlineData("1990-03-04 at 00:00")]
    [InlineData("1990-03-04 00h00")]
    [InlineData("1990-03-04/00:00:00")]
    [InlineData("1990/03/04 00:00:00")]
    [InlineData("1990.03.04 00:00")]
    [InlineData("19900304000000")]
    [InlineData("199003040000")]
    [InlineData("19900304 000000")]
    [InlineData("19900304 00:00:00")]
    [InlineData("19900304-00-00-00")]
    [InlineData("19900304.0")]
    [InlineData("'1990-03-04")]
    [InlineData("1990-03-04Z")]
    [InlineData("Sun Mar 04 1990 00:00:00 GMT+0100 (Central European Standard Time)")]
    [InlineData("Sun, 04 Mar 1990 00:00:00 GMT")]
    [InlineData("Mar 4, 1990, 12:00:00 AM")]
    [InlineData("March 4, 1990 00:00")]
    [InlineData("4-Mar-1990 00:00:00")]
    [InlineData("Sun Mar 04 00:00:00 CET 1990")]
    [InlineData("Sun Mar  4 00:00:00 1990")]
    [InlineData("١٩٩٠-٠٣-٠٤")]
    public void A_date_with_the_year_first_is_the_date_as_written(string value)
    {
        Normalize.Birthdate(value, DateOrder.MonthFirst, Some.Day).Should().Be("19900304");
        Normalize.Birthdate(value, DateOrder.DayFirst, Some.Day).Should().Be("19900304");
    }

    [Theory]
    [InlineData("03/04/1990", DateOrder.MonthFirst, "19900304")]
    [InlineData("03/04/1990", DateOrder.DayFirst, "19900403")]
    [InlineData("3.4.1990", DateOrder.DayFirst, "19900403")]
    [InlineData("03/04/1990 12:00:00 AM", DateOrder.MonthFirst, "19900304")]
    [InlineData("03/04/1990 00:00", DateOrder.DayFirst, "19900403")]
    [InlineData("03.04.1990 00.00.00", DateOrder.DayFirst, "19900403")]
    [InlineData("03-04-1990-00-00-00", DateOrder.DayFirst, "19900403")]
    [InlineData("31/12/1990 23:59:59", DateOrder.MonthFirst, "19901231")]
    [InlineData("12/31/1990, 11:59:59 PM", DateOrder.DayFirst, "19901231")]
    [InlineData("16-2-1997", DateOrder.MonthFirst, "19970216")]
    [InlineData("2-16-1997", DateOrder.DayFirst, "19970216")]
    public void With_the_year_last_the_order_decides_only_where_both_could_be_the_month(
        string value,
        DateOrder order,
        string expected
    ) => Normalize.Birthdate(value, order, Some.Day).Should().Be(expected);

    [Theory]
    [InlineData("02/16/97")]
    [InlineData("97-02-16")]
    [InlineData("19971350")]
    [InlineData("1997-02-29")]
    [InlineData("31/04/1990")]
    [InlineData("1899-12-31")]
    [InlineData("2027-01-01")]
    [InlineData("02-1990-16")]
    [InlineData("0000-00-00")]
    [InlineData("1997-W07-7")]
    [InlineData("1997-047")]
    [InlineData("16-Feb-1997")]
    [InlineData("1990-12-31-01")]
    [InlineData("1990-12-31 5")]
    [InlineData("1990-12-31-1991-01-01")]
    [InlineData("1990-12-31 99:99:99")]
    [InlineData("199012312560")]
    [InlineData("Feb 30 1990 00:00:00")]
    [InlineData("Foo 04 1990 00:00:00")]
    [InlineData("1990-12")]
    [InlineData("636422400")]
    [InlineData("99999999999999999999")]
    [InlineData("born 1990-12-31")]
    public void What_is_no_real_date_of_a_living_person_is_dropped(string value)
    {
        Normalize.Birthdate(value, DateOrder.MonthFirst, Some.Day).Should().BeNull();
        Normalize.Birthdate(value, DateOrder.DayFirst, Some.Day).Should().BeNull();
    }

    [Theory]
    [InlineData("1900-01-01", "19000101")]
    [InlineData("2026-12-31", "20261231")]
    public void The_years_from_1900_to_this_one_are_accepted(string value, string expected) =>
        Normalize.Birthdate(value, DateOrder.MonthFirst, Some.Day).Should().Be(expected);
}
