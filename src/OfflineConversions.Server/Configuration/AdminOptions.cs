using System.ComponentModel.DataAnnotations;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration.Validation;

namespace OfflineConversions.Server.Configuration;

/// <summary>The operator's routes.</summary>
internal sealed class AdminOptions
{
    /// <summary>
    /// The key of <c>/api/*</c>. Default: none; then these routes answer loopback callers only, and only in
    /// Development.
    /// </summary>
    public Secret? ApiKey { get; set; }

    /// <summary>A file that contains the key. Default: none.</summary>
    public string? ApiKeyFile { get; set; }

    /// <summary>
    /// A second key for the console, for people who may see everything there and do nothing. Default: none.
    /// </summary>
    public Secret? ReadKey { get; set; }

    /// <summary>A file that contains that key. Default: none.</summary>
    public string? ReadKeyFile { get; set; }

    /// <summary>Whether there is a console under <c>/console</c>. Default: yes.</summary>
    public bool Console { get; set; } = true;

    /// <summary>How long a session of the console lasts without a request. Default: 30 minutes.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// A separate port for <c>/console</c>, <c>/api</c>, <c>/metrics</c>, <c>/swagger</c> and <c>/openapi</c>, which
    /// the other ports then no longer serve. Plain HTTP. Default: none; every port serves them.
    /// </summary>
    [Range(1, 65535)]
    public int? Port { get; set; }

    /// <summary>
    /// The address on which that port listens: an IP address, <c>localhost</c>, or <c>*</c> for all. Default: <c>*</c>.
    /// </summary>
    [ListeningHost]
    public string Host { get; set; } = "*";

    /// <summary>A copy of the options without the keys.</summary>
    public AdminOptions WithoutKey()
    {
        var copy = (AdminOptions)MemberwiseClone();
        copy.ApiKey = null;
        copy.ReadKey = null;
        return copy;
    }
}
