using System.Globalization;
using System.Text;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Telemetry;

namespace OfflineConversions.Server.Hosting;

/// <summary>What a configuration amounts to, as text for the operator. Contains no secret.</summary>
internal static class StartUpSummary
{
    /// <summary>The summary of a valid configuration, one line per fact and per connection.</summary>
    public static string Text(WebApplicationBuilder builder, ServiceOptions options)
    {
        var text = new StringBuilder();
        Line(text, $"OfflineConversions {ProgramVersion.Text} ({builder.Environment.EnvironmentName})");
        Line(text, $"  Listens on   {string.Join(", ", Addresses(builder.Configuration))}");
        if (options.Admin.Port is { } port)
        {
            Line(text, $"  Operators    http://{options.Admin.Host}:{port}");
        }

        var target = options.ReachesSandbox
            ? "the built-in sandbox; nothing reaches Meta"
            : options.Graph.BaseAddress.ToString();
        Line(text, $"  Delivers to  {target}");
        Line(text, $"  Outbox       {Store(options.Outbox)}, {Encryption(options.Outbox)}");
        Line(text, $"  Connections  {options.Connections.Count}");
        foreach (var (name, connection) in options.Connections)
        {
            Line(text, $"    {name}: {Describe(connection)}");
        }

        return text.ToString();
    }

    private static string Store(OutboxOptions outbox) =>
        outbox.Provider == OutboxProvider.PostgreSql
            ? "the PostgreSQL database of Outbox:ConnectionString"
            : Path.GetFullPath(outbox.Path);

    private static string Encryption(OutboxOptions outbox) =>
        outbox.IsEncrypted ? $"encrypted with the keys in {outbox.KeyFolder}" : "not encrypted";

    private static string Describe(ConnectionOptions connection)
    {
        var datasets = string.Join(", ", connection.Source!.Datasets(connection).DefaultIfEmpty("none"));
        var keys = connection.WriteKeys.Count;
        var test = connection.TestEventCode is { } code
            ? $"; test event code {Quote.Value(code)} is set, so events appear under Test Events"
            : string.Empty;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{connection.Source}, {connection.Api}, datasets {datasets}, "
                + $"{keys} write {(keys == 1 ? "key" : "keys")}{test}"
        );
    }

    private static IEnumerable<string> Addresses(ConfigurationManager configuration)
    {
        var endpoints = configuration
            .GetSection("Kestrel:Endpoints")
            .GetChildren()
            .Select(endpoint => endpoint["Url"])
            .OfType<string>()
            .ToArray();
        return endpoints.Length > 0 ? endpoints : ListeningAddress.Configured(configuration);
    }

    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
