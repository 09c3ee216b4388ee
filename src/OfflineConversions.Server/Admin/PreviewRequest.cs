using System.Globalization;
using System.Text;
using System.Text.Json;
using OfflineConversions.Json;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Imports;
using OfflineConversions.Server.Imports.Reading;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Admin;

/// <summary>The request of a preview.</summary>
/// <param name="Connection">The connection to map with; null if there are problems.</param>
/// <param name="Body">The JSON that the source would post.</param>
/// <param name="Receipt">When and to which call it would be posted.</param>
/// <param name="Problems">What is wrong with the request.</param>
/// <param name="Table">The table that the body was read from, if it was one.</param>
internal sealed record PreviewRequest(
    Connection? Connection,
    JsonPart Body,
    Receipt Receipt,
    IReadOnlyList<ConfigurationProblem> Problems,
    TablePreview? Table = null
) : IDisposable
{
    private const int UsualRows = 5;
    private const int MostRows = 1000;

    private static readonly string[] Names = [PreviewConnections.Member, "body", "table", "rows", "receivedAt", "call"];

    /// <summary>
    /// Reads <c>{"connection": name or object, "body": …, "receivedAt": …, "call": …}</c>; the last two are optional.
    /// Instead of the body, <c>"table"</c> may have the beginning of a file, and <c>"rows"</c> how many of its rows.
    /// </summary>
    public static PreviewRequest Read(
        JsonPart request,
        PreviewConnections connections,
        ImportOptions limits,
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

        var (connection, wrong) = connections.Find(JsonText.Member(request, PreviewConnections.Member));
        var receipt = new Receipt(ReceivedAt(request, now, problems), Call(request));
        var body = JsonText.Member(request, "body");
        if (body.ValueKind != JsonValueKind.Undefined)
        {
            return new PreviewRequest(connection, body, receipt, [.. wrong, .. problems.All]);
        }

        var table = ReadTable(request, connection, limits, problems);
        return new PreviewRequest(
            table?.Connection ?? connection,
            table?.Rows ?? default,
            receipt,
            [.. wrong, .. problems.All],
            table
        );
    }

    public void Dispose() => Table?.Dispose();

    private static TablePreview? ReadTable(
        JsonPart request,
        Connection? connection,
        ImportOptions limits,
        ConfigurationProblems problems
    )
    {
        var table = JsonText.Member(request, "table");
        if (table.ValueKind != JsonValueKind.String || JsonText.Decode(table) is not { } text)
        {
            problems.Add("body", "is required: the JSON that the source would post");
            return null;
        }

        var rows = JsonText.Member(request, "rows");
        var most = UsualRows;
        if (
            rows.ValueKind != JsonValueKind.Undefined
            && (!int.TryParse(rows.GetRawText(), CultureInfo.InvariantCulture, out most) || most is < 1 or > MostRows)
        )
        {
            problems.Add("rows", $"must be 1 to {MostRows}");
            return null;
        }

        try
        {
            using var file = new MemoryStream([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)]);
            return connection is null ? null : TablePreview.Read(file, connection, most, limits);
        }
        catch (UnreadableFileException unreadable)
        {
            problems.Add("table", $"cannot be read. {unreadable.Message}");
            return null;
        }
    }

    private static DateTimeOffset ReceivedAt(JsonPart request, DateTimeOffset now, ConfigurationProblems problems)
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

    /// <summary>The call that the path would name, only if it is given: a batch route names none.</summary>
    private static string? Call(JsonPart request) =>
        JsonText.Member(request, "call") is { ValueKind: JsonValueKind.String } call ? JsonText.Decode(call) : null;
}
