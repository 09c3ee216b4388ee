using System.Net;
using System.Net.Sockets;

namespace OfflineConversions.Server.Tests.Acceptance;

/// <summary>Settings files as an operator would write them.</summary>
internal static class Settings
{
    /// <summary>The admin key, with which tests see the backlog in Production too.</summary>
    public const string AdminKey = "acceptance-admin-key";

    /// <summary>One connection for each source, with the keys of the captured clients.</summary>
    public const string Connections = """
        "Admin": { "ApiKey": "acceptance-admin-key" },
        "Connections": {
          "mparticle": {
            "Source": "MParticle", "WriteKeys": ["APIKEY:APISECRET"], "AccessToken": "t0ken", "DatasetId": "1"
          },
          "segment": {
            "Source": "Segment", "WriteKeys": ["WK_TEST_123"], "AccessToken": "t0ken",
            "Segment": {
              "Events": [
                { "Event": "Order Completed", "EventSetId": "2" }, { "Event": "Product Added", "EventSetId": "2" }
              ]
            }
          },
          "rudderstack": {
            "Source": "RudderStack", "WriteKeys": ["WK_RUDDER_123"], "AccessToken": "t0ken",
            "RudderStack": { "EventsToIds": [{ "From": "Purchase", "To": "3" }, { "From": "AddToCart", "To": "3" }] }
          },
          "commandersact": {
            "Source": "CommandersAct", "WriteKeys": ["CA_TEST_123"], "AccessToken": "t0ken", "DatasetId": "4"
          }
        }
        """;

    /// <summary>Events are delivered to the sandbox in the service's own process.</summary>
    public const string OwnSandbox = $$"""
        "Sandbox": { "Enabled": true }, "Delivery": { "FlushInterval": "00:00:00.05" }, {{Connections}}
        """;

    /// <summary>Events are delivered to an address where no one listens.</summary>
    public static string GraphNowhere()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        return GraphAt(new Uri($"http://{taken.LocalEndpoint}"));
    }

    /// <summary>Events are delivered to the Graph API at this address.</summary>
    public static string GraphAt(Uri graph, int maxConcurrency = 4) =>
        $$"""
            "Graph": { "BaseAddress": "{{graph}}", "Timeout": "00:01:00" },
            "Delivery": {
              "FlushInterval": "00:00:00.05", "MaxConcurrency": {{maxConcurrency}}, "RetryBaseDelay": "00:00:00.1",
              "RetryMaxDelay": "00:00:01"
            },
            {{Connections}}
            """;
}
