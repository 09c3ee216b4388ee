using System.Globalization;
using WireMock;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace OfflineConversions.Server.Tests.Targets.Meta;

/// <summary>A WireMock server in Graph's place: it sends prepared responses and records every request.</summary>
internal sealed class GraphMock : IDisposable
{
    private const string Scenario = "responses";

    private readonly WireMockServer _server = WireMockServer.Start();

    public Uri Address => new(_server.Url!);

    public IReadOnlyList<IRequestMessage> Requests => [.. _server.LogEntries.Select(entry => entry.RequestMessage!)];

    public static IResponseBuilder Accepted(int events) =>
        Json(
            200,
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"events_received":{{events}},"messages":[],"fbtrace_id":"T1"}"""
            )
        );

    public static IResponseBuilder Status(int status) =>
        Response.Create().WithStatusCode(status).WithBody("<html>a gateway's page</html>");

    public static IResponseBuilder Json(int status, string body) =>
        Response.Create().WithStatusCode(status).WithHeader("Content-Type", "application/json").WithBody(body);

    /// <summary>Every request whose path matches gets this response.</summary>
    public GraphMock Always(IResponseBuilder response, string path = "/*")
    {
        _server.Given(Request.Create().WithPath(path).UsingPost()).RespondWith(response);
        return this;
    }

    /// <summary>The requests get these responses in turn; the last one is repeated.</summary>
    public GraphMock InTurn(params IResponseBuilder[] responses)
    {
        if (responses is [var single])
        {
            return Always(single);
        }

        for (var i = 0; i < responses.Length; i++)
        {
            var state = _server.Given(Request.Create().UsingPost()).InScenario(Scenario);
            if (i > 0)
            {
                state = state.WhenStateIs(State(i));
            }

            (i < responses.Length - 1 ? state.WillSetStateTo(State(i + 1)) : state).RespondWith(responses[i]);
        }

        return this;
    }

    public void Dispose() => _server.Dispose();

    private static string State(int i) => i.ToString(CultureInfo.InvariantCulture);
}
