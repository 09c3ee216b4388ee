using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using OfflineConversions.Hashing;
using OfflineConversions.Json;

namespace OfflineConversions.Tests.Hashing;

/// <summary>What holds for the normalisation of every key.</summary>
public sealed class NormalizationTests
{
    [Fact]
    public void Broken_Unicode_is_no_value_for_any_key()
    {
        foreach (
            var broken in new[]
            {
                "jane\uD800",
                "\uDC00jane",
                "\uFFFD\uD800",
                "jane\uFFFE@example.com",
                "1990-12-31\uD800",
                "+49 30 1234567\uD800",
            }
        )
        {
            Everything(broken, today: Some.Day).Should().OnlyContain(result => result == null, "of {0}", broken);
        }
    }

    [Fact]
    public void Normalising_twice_changes_nothing() =>
        Prop.ForAll(Some.Text, value =>
            {
                foreach (var normalize in Keys)
                {
                    var once = normalize(value);
                    if (once is not null)
                    {
                        normalize(once).Should().Be(once);
                    }
                }
            })
            .Check(Thorough);

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("ar-SA")]
    [InlineData("az-Latn-AZ")]
    [InlineData("th-TH")]
    public void The_culture_of_the_host_does_not_matter(string culture)
    {
        // Proves that the culture is there: without its tables the test would prove nothing.
        new CultureInfo(culture).Equals(CultureInfo.InvariantCulture).Should().BeFalse();
        Prop.ForAll(Some.Text, value =>
            {
                var expected = In(CultureInfo.InvariantCulture, () => Everything(value, Some.Day));
                In(new CultureInfo(culture), () => Everything(value, Some.Day)).Should().Equal(expected);
            })
            .Check(Thorough);

        In(new CultureInfo(culture), () => Normalize.Email("INFO@ISTANBUL.COM")).Should().Be("info@istanbul.com");
        In(new CultureInfo(culture), () => Normalize.State("ILLINOIS")).Should().Be("il");
        In(new CultureInfo(culture), () => Normalize.Country("INDIA")).Should().Be("in");
        In(new CultureInfo(culture), () => Normalize.Birthdate("2/16/1997", DateOrder.MonthFirst, Some.Day))
            .Should()
            .Be("19970216");
    }

    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(1000);

    private static readonly Func<string, string?>[] Keys =
    [
        Normalize.Email,
        Normalize.Name,
        Normalize.City,
        Normalize.State,
        Normalize.Zip,
        Normalize.Country,
        Normalize.Gender,
        Normalize.MobileAdvertiserId,
        Normalize.ExternalId,
        Normalize.IpAddress,
        value => Whole(Normalize.AsGiven(value)),
        value => Normalize.Phone(value, defaultCountry: null, out _),
        value => Normalize.Birthdate(value, DateOrder.MonthFirst, Some.Day),
        value => Normalize.Birthdate(value, DateOrder.DayFirst, Some.Day),
    ];

    private static string? Whole(ReadOnlySpan<char> value) => value.IsEmpty ? null : value.ToString();

    private static List<string?> Everything(string value, DateOnly today)
    {
        List<string?> results = [.. Keys.Select(normalize => normalize(value)), Normalize.LeadId(value)];
        foreach (var country in new[] { "DE", "US", "IT", "RU", "JP", "AU" })
        {
            results.Add(Normalize.Phone(value, country, out _));
        }

        results.Add(Normalize.Birthdate(value, DateOrder.DayFirst, today));
        return results;
    }

    private static T In<T>(CultureInfo culture, Func<T> action)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            return action();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
