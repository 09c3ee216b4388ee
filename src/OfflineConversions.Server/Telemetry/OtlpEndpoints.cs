using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Telemetry;

/// <summary>
/// Which signals leave by OTLP: those for which a standard variable names an endpoint. Source: OpenTelemetry,
/// "Environment Variable Specification" and "OpenTelemetry Protocol Exporter".
/// </summary>
internal sealed class OtlpEndpoints
{
    private const string Disabled = "OTEL_SDK_DISABLED";
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <param name="configuration">The configuration, which contains the environment variables.</param>
    /// <exception cref="SettingUnusableException">An endpoint is not an address.</exception>
    public OtlpEndpoints(IConfiguration configuration)
    {
        IsDisabled = bool.TryParse(configuration[Disabled], out var disabled) && disabled;
        Metrics = Has(configuration, "METRICS");
        Traces = Has(configuration, "TRACES");
        Logs = Has(configuration, "LOGS");
    }

    /// <summary>Whether OpenTelemetry's switch is off, whatever endpoints are set.</summary>
    public bool IsDisabled { get; }

    /// <summary>Whether metrics are sent.</summary>
    public bool Metrics { get; }

    /// <summary>Whether traces are sent.</summary>
    public bool Traces { get; }

    /// <summary>Whether the log is sent.</summary>
    public bool Logs { get; }

    private bool Has(IConfiguration configuration, string signal) =>
        !IsDisabled
        && configuration[$"OTEL_{signal}_EXPORTER"] is null or "otlp"
        && (IsSet(configuration, $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT") || IsSet(configuration, Endpoint));

    private static bool IsSet(IConfiguration configuration, string variable)
    {
        if (string.IsNullOrWhiteSpace(configuration[variable]))
        {
            return false;
        }

        // The exporter would fall back to this machine, without a word.
        return Uri.TryCreate(configuration[variable], UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? true
            : throw new SettingUnusableException($"{variable} is not an http or https address.");
    }
}
