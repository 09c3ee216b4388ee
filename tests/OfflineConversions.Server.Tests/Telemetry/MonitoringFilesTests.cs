using System.Text.Json;
using System.Text.RegularExpressions;

namespace OfflineConversions.Server.Tests.Telemetry;

/// <summary>The alert rules and the dashboard in <c>deploy</c>, against the metrics that exist.</summary>
public sealed partial class MonitoringFilesTests
{
    private const string Rules = "deploy/prometheus/rules.yml";
    private const string RuleTests = "deploy/prometheus/rules.test.yml";
    private const string Dashboard = "deploy/grafana/dashboards/offlineconversions.json";

    /// <summary>What Prometheus itself adds.</summary>
    private static readonly string[] AddedLabels = ["job", "instance", "le"];

    private static readonly Dictionary<string, string[]> Known = ((string[])["metrics", "metrics-postgresql"])
        .SelectMany(new DocumentationPage("docs/reference/metrics.md").Table)
        .ToDictionary(row => row[0].Trim('`'), row => row[2].Trim('–', ' ').Split(", "));

    [Fact]
    public void Every_metric_and_label_of_the_rules_exists() =>
        Alerts().SelectMany(alert => Unknown(alert.Expression)).Should().BeEmpty();

    [Fact]
    public void Every_metric_and_label_of_the_dashboard_exists()
    {
        var expressions = Expressions().ToList();

        expressions.Should().HaveCountGreaterThan(20);
        expressions.SelectMany(Unknown).Should().BeEmpty();
    }

    [Fact]
    public void The_dashboard_shows_every_metric_of_the_service()
    {
        var shown = string.Join('\n', Expressions());

        Known
            .Keys.Where(name => name.StartsWith("offlineconversions_", StringComparison.Ordinal))
            .Where(name => !shown.Contains(name, StringComparison.Ordinal))
            .Should()
            .BeEquivalentTo("offlineconversions_outbox_recovered", "offlineconversions_outbox_disk_size_bytes");
    }

    [Fact]
    public void Every_alert_says_what_it_means_and_where_to_read_what_to_do()
    {
        Alerts().Should().HaveCountGreaterThan(10);
        foreach (var alert in Alerts())
        {
            alert.Text.Should().Contain("summary: \"").And.Contain("description: \"").And.Contain("severity: ");
            var runbook = Runbook().Match(alert.Text);
            runbook.Success.Should().BeTrue(alert.Name);
            var page = new DocumentationPage(runbook.Groups["page"].Value);
            if (runbook.Groups["anchor"].Success)
            {
                page.Anchors.Should().Contain(runbook.Groups["anchor"].Value, alert.Name);
            }
        }
    }

    [Fact]
    public void Every_alert_is_tested_firing_and_silent()
    {
        var tests = Read(RuleTests);
        var healthy = tests.Split("- name: ")[1];

        foreach (var alert in Alerts())
        {
            tests.Should().Contain($"alertname=\"{alert.Name}\"", "a case in which it fires");
            foreach (var metric in Metrics(alert.Expression))
            {
                healthy.Should().Contain($"'{metric}{{", "{0} is silent in spite of values", alert.Name);
            }
        }
    }

    [ProgramFact(Promtool.Name, Promtool.Source)]
    public async Task Promtool_accepts_the_rules_and_their_tests_pass()
    {
        (await Promtool.FindProblemAsync(["check", "rules", Full(Rules)])).Should().BeNull();
        (await Promtool.FindProblemAsync(["test", "rules", Full(RuleTests)])).Should().BeNull();
    }

    [Fact]
    public void The_dashboard_takes_the_data_source_that_is_provisioned()
    {
        var provisioned = Read("deploy/grafana/provisioning/datasources/prometheus.yml");
        using var dashboard = JsonDocument.Parse(Read(Dashboard));

        provisioned.Should().Contain("uid: prometheus");
        Variables(dashboard)
            .Single(variable => variable.GetProperty("name").GetString() == "datasource")
            .GetProperty("current")
            .GetProperty("value")
            .GetString()
            .Should()
            .Be("prometheus");
        dashboard.RootElement.GetProperty("panels").EnumerateArray().Select(Id).Should().OnlyHaveUniqueItems();

        static int Id(JsonElement panel) => panel.GetProperty("id").GetInt32();
    }

    private static IEnumerable<AlertRule> Alerts() =>
        Read(Rules)
            .Split("      - alert: ")
            .Skip(1)
            .Select(text => new AlertRule(text.Split('\n')[0].Trim(), text, ExpressionOf().Match(text).Value));

    private static IEnumerable<string> Expressions()
    {
        using var dashboard = JsonDocument.Parse(Read(Dashboard));
        var queries = dashboard
            .RootElement.GetProperty("panels")
            .EnumerateArray()
            .Where(panel => panel.TryGetProperty("targets", out _))
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => $"{Text(target, "expr")} {Text(target, "legendFormat")}");
        var variables = Variables(dashboard)
            .Where(variable => variable.TryGetProperty("definition", out _))
            .Select(variable => Text(variable, "definition"));
        return [.. queries, .. variables];
    }

    private static IEnumerable<JsonElement> Variables(JsonDocument dashboard) =>
        [.. dashboard.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray()];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    /// <summary>The metrics of an expression that do not exist, and the labels that none of its metrics has.</summary>
    private static IEnumerable<string> Unknown(string expression)
    {
        var metrics = Metrics(expression).Where(name => name != "up").ToList();
        var labels = metrics
            .Where(Known.ContainsKey)
            .SelectMany(name => Known[name])
            .Concat(AddedLabels)
            .ToHashSet(StringComparer.Ordinal);
        var used = Labels().Matches(expression).SelectMany(match => match.Groups["label"].Captures);
        return metrics
            .Where(name => !Known.ContainsKey(name))
            .Concat(used.Select(label => label.Value).Where(label => !labels.Contains(label)))
            .Select(name => $"{name} in {expression}");
    }

    private static IEnumerable<string> Metrics(string expression) =>
        Metric().Matches(expression).Select(match => match.Groups["name"].Value).Distinct();

    private static string Read(string file) => File.ReadAllText(Full(file));

    private static string Full(string file) => Path.Combine(DocumentationPage.Root, file);

    [GeneratedRegex(@"expr: (?s:.*?)(?=\n        [a-z]+:)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExpressionOf();

    [GeneratedRegex(
        @"(?<![a-z_""=])(?<name>up|(offlineconversions|process|dotnet)_[a-z_]+?)(_bucket)?(?=[^a-z_""=])",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Metric();

    // Matchers in braces, lists after "by", placeholders of legends, and the label of a variable.
    [GeneratedRegex(
        @"[{,]\s*(?<label>[a-z_]+)\s*(=|!=|=~|!~)""|\bby \(((?<label>[a-z_]+)(, )?)+\)|\{\{(?<label>[a-z_]+)\}\}"
            + @"|label_values\([a-z_]+, (?<label>[a-z_]+)\)",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Labels();

    [GeneratedRegex(
        @"runbook: ""(?<page>docs/[a-z/-]+\.md)(#(?<anchor>[a-z0-9-]+))?""",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Runbook();

    private sealed record AlertRule(string Name, string Text, string Expression);
}
