using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OfflineConversions.Server.Tests.Ingestion;

namespace OfflineConversions.Server.Tests.Admin;

/// <summary>Requests to the operator's side, with any header.</summary>
internal static class OperatorRequests
{
    public static Task<HttpResponseMessage> GetAsync(
        ServiceUnderTest service,
        string path,
        params (string Name, string Value)[] headers
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return service.Http.SendAsync(request);
    }
}
