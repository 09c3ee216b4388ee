namespace OfflineConversions.Server.Tests.Acceptance.Privacy;

/// <summary>Settings in which every secret is a canary.</summary>
internal static class LeakSettings
{
    public const string AdminKey = "kanari-operator-key";

    /// <summary>The path and the write key of each source.</summary>
    public static readonly IReadOnlyDictionary<string, SourceAccess> Sources = new Dictionary<string, SourceAccess>(
        StringComparer.Ordinal
    )
    {
        ["mparticle"] = new("/mparticle/v2/bulkevents", "kanari-mp:kanari-secret"),
        ["segment"] = new("/segment/v1/import", "kanari-segment"),
        ["rudderstack"] = new("/rudderstack/v1/import", "kanari-rudder"),
        ["commandersact"] = new("/commandersact/events/batch", "kanari-commander"),
    };

    private const string LogEverything = """
        "Logging": {
          "LogLevel": {
            "Default": "Trace", "Microsoft.AspNetCore": "Trace", "Microsoft.AspNetCore.Hosting.Diagnostics": "Trace",
            "System.Net.Http": "Trace"
          },
          "Serilog": { "LogLevel": { "Default": "Trace" } }
        }
        """;

    /// <summary>A connection in which every value is wrong, and every value is a canary.</summary>
    public static string WrongConnection =>
        $$"""
            "Source": "{{Canary.Token}}", "Api": "{{Canary.Email}}", "ActionSource": "{{Canary.Token}}",
            "DefaultCurrency": "{{Canary.Token}}", "DefaultCountry": "{{Canary.Token}}",
            "DateOrder": "{{Canary.Token}}", "HashExternalId": "{{Canary.Phone}}", "BatchSize": "5000",
            "DeduplicationWindow": "{{Canary.Token}}",
            "DatasetId": "{{Canary.Token}} {{Canary.Email}}", "{{Canary.Email}}": 1,
            "WriteKeys": [ "kanari", "kanari kanari" ], "AccessToken": { "kanari": "{{Canary.Token}}" },
            "AppSecret": "{{Canary.Token}}", "SharedHeader": { "Name": "kanari {{Canary.Token}}", "Value": "kanari" }
            """;

    /// <summary>Settings that start-up refuses.</summary>
    public static string Wrong =>
        $$"""
            {{LogEverything}},
            "Graph": {
              "BaseAddress": "https://{{Canary.Token}}@graph.facebook.com/?access_token={{Canary.Token}}",
              "ApiVersion": "{{Canary.Token}}", "Timeout": "{{Canary.Token}}"
            },
            "Admin": { "ApiKey": "kanari", "ApiKeyFile": "{{Canary.Token}}", "Port": "{{Canary.Token}}" },
            "Cors": { "Origins": [ "{{Canary.Token}}" ] },
            "Connections": {
              "wrong": { {{WrongConnection.Replace($"\"{Canary.Email}\": 1,", "", StringComparison.Ordinal)}} },
              "files": {
                "Source": "Segment", "WriteKeysFile": "{{Canary.Token}}/kanari==",
                "AccessTokenFile": "{{Canary.Token}}", "AppSecretFile": "/{{Canary.Token}}"
              }
            }
            """;

    /// <summary>
    /// One connection for each source, one for each dataset of <see cref="QuotingGraph"/>, and one with a signature and
    /// a shared header.
    /// </summary>
    public static string For(Uri graph, bool encrypted)
    {
        var troubles = QuotingGraph
            .Troubles.Append("fine")
            .Select(trouble =>
                $$"""
                    "{{trouble}}": {
                      "Source": "Segment", "WriteKeys": ["kanari-{{trouble}}"], "AccessToken": "{{Canary.Token}}",
                      "AppSecret": "kanari-app-secret", {{Orders(trouble)}}
                    },

                    """
            );
        return $$"""
            {{LogEverything}},
            "Admin": { "ApiKey": "{{AdminKey}}" },
            "Ingestion": { "MaxBodyBytes": 131072 },
            "Cors": { "Origins": ["https://shop.example"] },
            "Graph": { "BaseAddress": "{{graph}}", "Timeout": "00:00:00.5" },
            "Delivery": { "FlushInterval": "00:00:00.05" },
            "Outbox": { "Encrypt": {{(encrypted ? "true" : "false")}} },
            "Connections": {
              {{string.Concat(troubles)}}
              "guarded": {
                "Source": "Segment", "WriteKeys": ["kanari-guarded"], "AccessToken": "{{Canary.Token}}",
                "SharedHeader": { "Name": "Authorization", "Value": "kanari-shared-header" },
                "Segment": {
                  "SharedSecret": "kanari-shared-secret", "Events": [{ "Event": "Order Completed", "EventSetId": "1" }]
                }
              },
              "mparticle": {
                "Source": "MParticle", {{Keys("mparticle")}}, "DatasetId": "1",
                "MParticle": { "AdditionalMatchKeys": true, "EmailType": "Email" }
              },
              "segment": { "Source": "Segment", {{Keys("segment")}}, {{Orders("2")}} },
              "rudderstack": {
                "Source": "RudderStack", {{Keys("rudderstack")}},
                "RudderStack": {
                  "EventsToIds": [
                    { "From": "Purchase", "To": "3" }, { "From": "AddToCart", "To": "3" },
                    { "From": "Search", "To": "3" }
                  ]
                }
              },
              "commandersact": { "Source": "CommandersAct", {{Keys("commandersact")}}, "DatasetId": "4" }
            }
            """;
    }

    private static string Keys(string source) =>
        $$""" "WriteKeys": ["{{Sources[source].Key}}"], "AccessToken": "{{Canary.Token}}" """;

    private static string Orders(string dataset) =>
        $$""" "Segment": { "Events": [{ "Event": "Order Completed", "EventSetId": "{{dataset}}" }] } """;

    /// <param name="Path">The path of a batch.</param>
    /// <param name="Key">The write key.</param>
    internal sealed record SourceAccess(string Path, string Key);
}
