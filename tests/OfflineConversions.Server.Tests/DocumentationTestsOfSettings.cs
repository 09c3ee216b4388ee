using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Configuration.Validation;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Tests;

/// <summary>docs/reference/configuration.md is the configuration.</summary>
public partial class DocumentationTestsOfSettings
{
    private static readonly DocumentationPage Page = new("docs/reference/configuration.md");

    public static TheoryData<string, string> Ranges
    {
        get
        {
            var ranges = new TheoryData<string, string>();
            foreach (var (table, prefix) in new[] { ("service", ""), ("connection", "Connections:stores:") })
            {
                foreach (var row in Page.Table(table).Where(row => row.Length > 3 && Range().IsMatch(row[3])))
                {
                    ranges.Add(prefix + row[0].Trim('`'), row[3]);
                }
            }

            return ranges;
        }
    }

    [Fact]
    public void Every_setting_of_the_service_is_on_the_page_with_its_default() =>
        Written("service").Should().BeEquivalentTo(Settings(new ServiceOptions(), ""));

    [Fact]
    public void Every_setting_of_a_connection_and_of_each_source_is_on_the_page_with_its_default() =>
        Written("connection")
            .Should()
            .BeEquivalentTo([
                .. Settings(new ConnectionOptions(), ""),
                .. EventSources.All.Definitions.SelectMany(source =>
                    Settings(source.CreateOptions(), $"{source.Name}:")
                ),
            ]);

    [Theory]
    [MemberData(nameof(Ranges))]
    public void A_range_on_the_page_is_the_range_that_is_allowed(string key, string range)
    {
        var match = Range().Match(range);
        var (least, most) = (match.Groups["least"].Value, match.Groups["most"].Value);
        Problems(key, least).Should().BeEmpty();
        Problems(key, most).Should().BeEmpty();
        Problems(key, Beside(least, -1)).Should().ContainSingle().Which.Should().Contain("out of range");
        Problems(key, Beside(most, 1)).Should().ContainSingle().Which.Should().Contain("out of range");
    }

    [Fact]
    public void The_page_names_a_range_for_every_number_and_time()
    {
        // Their lower ends are other settings.
        var free = new[] { "Delivery:RetryMaxDelay", "Delivery:ProbeMaxDelay", "Ingestion:MaxInFlightBodyBytes" };
        var numbers = Settings(new ServiceOptions(), "")
            .Concat(Settings(new ConnectionOptions(), "Connections:stores:"))
            .Select(setting => setting.Split(" = "))
            .Where(setting => Number().IsMatch(setting[1]))
            .Select(setting => setting[0]);
        Ranges.Select(row => (string)row[0]).Concat(free).Should().BeEquivalentTo(numbers);
    }

    [Fact]
    public void The_errors_that_the_page_shows_are_the_errors_that_are_told()
    {
        var shown = Page.Text.Split("```text\n")[1].Split("\n```")[0];
        using var output = new StringWriter { NewLine = "\n" };
        using var json = new MemoryStream(
            """
            {
              "Graph": { "Timout": "00:00:05", "ApiVersion": "26" },
              "Deliverys": {},
              "Connections": { "stores": {
                "Source": "Segmnt", "WriteKeys": [], "BatchSize": 5000, "DeduplicationWindow": "48",
                "HashExternalId": "yes", "ActionSource": "store" } }
            }
            """u8.ToArray()
        );
        var configuration = new ConfigurationBuilder().AddJsonStream(json).Build();
        var problems = new ConfigurationProblems();
        problems.Add("Deliverys", SettingNames.Unknown("Deliverys", SettingNames.Of(typeof(ServiceOptions))));
        Read(configuration, problems);
        ServiceConfiguration.Explain(problems.All, output);
        output.ToString().TrimEnd().Should().Be(shown);
    }

    private static IEnumerable<string> Written(string table) =>
        Page.Table(table).Select(row => $"{row[0].Trim('`')} = {row[2].Trim('`')}");

    private static IEnumerable<string> Settings(object options, string prefix)
    {
        foreach (
            var property in options
                .GetType()
                .GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => property.CanWrite && property.Name != nameof(ConnectionOptions.SourceOptions))
        )
        {
            var (name, value) = (prefix + property.Name, property.GetValue(options));
            if (value is ICollection or null || ScalarSetting.IsScalar(property.PropertyType))
            {
                yield return $"{name} = {Text(value)}";
                continue;
            }

            foreach (var inner in Settings(value, name + ":"))
            {
                yield return inner;
            }
        }
    }

    private static string Text(object? value) =>
        value switch
        {
            null or ICollection { Count: 0 } => "none",
            bool flag => flag ? "true" : "false",
            Uri address => address.OriginalString,
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    private static IEnumerable<string> Problems(string key, string value)
    {
        var problems = new ConfigurationProblems();
        Read(new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build(), problems);
        return problems.All.Where(problem => problem.Key == key).Select(problem => problem.Message);
    }

    private static void Read(IConfigurationRoot configuration, ConfigurationProblems problems)
    {
        var options = new ServiceOptions();
        new SettingsReader(problems, EventSources.All).ReadRoot(configuration, options);
        new ServiceRules(problems, VendorProtocols.All).Check(options, development: true);
    }

    private static string Beside(string value, int step) =>
        value.Contains(':', StringComparison.Ordinal)
            ? (TimeSpan.Parse(value, CultureInfo.InvariantCulture) + TimeSpan.FromTicks(step)).ToString()
            : (long.Parse(value, CultureInfo.InvariantCulture) + step).ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("^`(?<least>[0-9.:]+)` to `(?<most>[0-9.:]+)`$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Range();

    [GeneratedRegex("^[0-9.:]+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Number();
}
