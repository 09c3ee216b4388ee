using System.Globalization;
using System.Text;
using System.Text.Json;
using OfflineConversions.Json;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Connections;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Admin;

/// <summary>What a preview asks for, or what is wrong with the request.</summary>
internal sealed record PreviewRequest(
    Connection? Connection,
    JsonElement Body,
    Receipt Receipt,
    IReadOnlyList<ConfigurationProblem> Problems
)
{
    private const string Inline = "connection";
    private static readonly string[] Names = [Inline, "body", "receivedAt", "call"];

    /// <summary>
    /// Reads <c>{"connection": name or object, "body": …, "receivedAt": …, "call": …}</c>; the last two are optional.
    /// </summary>
    public static PreviewRequest Read(
        JsonElement request,
        ConnectionRegistry connections,
        ISourceRegistry sources,
        DateTimeOffset now
    )
    {
        var problems = new ConfigurationProblems();
        if (request.ValueKind != JsonValueKind.Object)
        {
            problems.Add("request", "must be an object with connection and body");
            return new PreviewRequest(null, default, default, problems.All);
        }

        foreach (
            var name in request
                .EnumerateObject()
                .Select(JsonText.NameOf)
                .Where(name => !Names.Contains(name, StringComparer.Ordinal))
        )
        {
            problems.Add(
                name ?? "request",
                name is null ? "holds a name that is not valid Unicode" : SettingNames.Unknown(name, Names)
            );
        }

        var (connection, wrong) = FindConnection(request, connections, sources);
        var body = JsonText.Member(request, "body");
        if (body.ValueKind == JsonValueKind.Undefined)
        {
            problems.Add("body", "is required: the JSON that the source would post");
        }

        var receipt = new Receipt(ReceivedAt(request, now, problems), Call(request, body));
        return new PreviewRequest(connection, body, receipt, [.. wrong, .. problems.All]);
    }

    private static (Connection? Connection, IReadOnlyList<ConfigurationProblem> Problems) FindConnection(
        JsonElement request,
        ConnectionRegistry connections,
        ISourceRegistry sources
    )
    {
        var wanted = JsonText.Member(request, Inline);
        switch (wanted.ValueKind)
        {
            case JsonValueKind.String when JsonText.Decode(wanted) is { } name && connections.Find(name) is { } known:
                return (known, []);
            case JsonValueKind.String:
                return (
                    null,
                    [
                        new ConfigurationProblem(
                            Inline,
                            "there is no connection of that name; there are "
                                + string.Join(", ", connections.All.Select(one => one.Name).DefaultIfEmpty("none"))
                        ),
                    ]
                );
            case JsonValueKind.Object:
                return ReadInline(wanted, sources);
            default:
                return (
                    null,
                    [new ConfigurationProblem(Inline, "is required: the name of a connection, or one written out")]
                );
        }
    }

    private static (Connection? Connection, IReadOnlyList<ConfigurationProblem> Problems) ReadInline(
        JsonElement wanted,
        ISourceRegistry sources
    )
    {
        try
        {
            using var json = new MemoryStream(Encoding.UTF8.GetBytes($$"""{"{{Inline}}":{{wanted.GetRawText()}}}"""));
            var (options, problems) = ServiceConfiguration.ReadConnection(
                new ConfigurationBuilder().AddJsonStream(json).Build().GetSection(Inline),
                sources
            );
            return problems.Count > 0 ? (null, problems) : (new Connection(Inline, options), problems);
        }
        catch (FormatException)
        {
            return (null, [new ConfigurationProblem(Inline, "names a setting twice")]);
        }
        catch (InvalidOperationException)
        {
            return (null, [new ConfigurationProblem(Inline, "holds text that is not valid Unicode")]);
        }
    }

    private static DateTimeOffset ReceivedAt(JsonElement request, DateTimeOffset now, ConfigurationProblems problems)
    {
        var given = JsonText.Member(request, "receivedAt");
        if (given.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            return now;
        }

        if (
            given.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(
                JsonText.Decode(given),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var at
            )
        )
        {
            return at;
        }

        problems.Add("receivedAt", "is not a time; write for example 2026-03-01T12:00:00Z");
        return now;
    }

    /// <summary>
    /// The call the path would have named. A message that has an event but no type was posted to <c>…/track</c>.
    /// </summary>
    private static string? Call(JsonElement request, JsonElement body)
    {
        if (JsonText.Member(request, "call") is { ValueKind: JsonValueKind.String } call)
        {
            return JsonText.Decode(call);
        }

        var bare =
            JsonText.Member(body, "event").ValueKind != JsonValueKind.Undefined
            && JsonText.Member(body, "type").ValueKind == JsonValueKind.Undefined;
        return bare ? "track" : null;
    }
}
