using System.Text;
using System.Text.Json;
using OfflineConversions.Json;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.Admin;

/// <summary>Finds the connection of a preview: a configured one by name, or one that the request contains.</summary>
internal sealed class PreviewConnections(ConnectionRegistry connections, ISourceRegistry sources)
{
    /// <summary>The name of the member in the request, and of a connection that the request contains.</summary>
    public const string Member = "connection";

    /// <summary>The connection, or what is wrong with it.</summary>
    /// <param name="wanted">The member of the request.</param>
    public PreviewConnection Find(JsonPart wanted)
    {
        switch (wanted.ValueKind)
        {
            case JsonValueKind.String when JsonText.Decode(wanted) is { } name && connections.Find(name) is { } known:
                return new PreviewConnection(known, []);
            case JsonValueKind.String:
                var names = connections.All.Select(one => one.Name).DefaultIfEmpty("none");
                return Problem($"there is no connection of that name; there are {string.Join(", ", names)}");
            case JsonValueKind.Object:
                return ReadInline(wanted);
            default:
                return Problem("is required: the name of a connection, or one written out");
        }
    }

    private PreviewConnection ReadInline(JsonPart wanted)
    {
        try
        {
            using var json = new MemoryStream(Encoding.UTF8.GetBytes($$"""{"{{Member}}":{{wanted.GetRawText()}}}"""));
            var (options, problems) = ServiceConfiguration.ReadConnection(
                new ConfigurationBuilder().AddJsonStream(json).Build().GetSection(Member),
                sources
            );
            return new PreviewConnection(problems.Count > 0 ? null : new Connection(Member, options), problems);
        }
        catch (FormatException)
        {
            return Problem("names a setting twice");
        }
        catch (InvalidOperationException)
        {
            return Problem("holds text that is not valid Unicode");
        }
    }

    private static PreviewConnection Problem(string message) => new(null, [new ConfigurationProblem(Member, message)]);
}

/// <summary>The connection of a preview.</summary>
/// <param name="Connection">The connection; null if there are problems.</param>
/// <param name="Problems">What is wrong with it.</param>
internal sealed record PreviewConnection(Connection? Connection, IReadOnlyList<ConfigurationProblem> Problems);
