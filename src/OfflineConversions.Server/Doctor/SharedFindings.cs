using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Targets.Meta;

namespace OfflineConversions.Server.Doctor;

/// <summary>
/// What Meta said to one replica, known to all of them, so that they give the same answers although only one of them
/// asks. Of a token, no more than a digest is noted.
/// </summary>
internal sealed partial class SharedFindings(
    IReplicaStore replicas,
    TokenFindings findings,
    GraphVersions versions,
    ILogger<SharedFindings> logger
)
{
    private const string TokenPrefix = "token ";
    private const string CheckName = "daily check";

    private readonly Dictionary<string, DateTimeOffset> _followed = new(StringComparer.Ordinal);

    /// <summary>When any replica last asked about every token; null if none has, or if it asked long ago.</summary>
    public async Task<DateTimeOffset?> LastCheckAsync(CancellationToken cancellationToken) =>
        await replicas.NotesAsync(CheckName, cancellationToken) is [var check, ..] ? check.At : null;

    /// <summary>Lets the others know that every token was asked about, and what the responses showed.</summary>
    public async Task NoteCheckAsync(CancellationToken cancellationToken) =>
        await replicas.NoteAsync(
            CheckName,
            JsonSerializer.Serialize(versions.Signs, JsonSerializerOptions.Web),
            cancellationToken
        );

    /// <summary>Keeps a finding, and lets the others know.</summary>
    public async Task NoteAsync(Connection connection, TokenFinding finding, CancellationToken cancellationToken)
    {
        findings.Note(connection, finding);
        var note = new TokenNote(DigestOf(connection), finding);
        try
        {
            await replicas.NoteAsync(
                TokenPrefix + connection.Name,
                JsonSerializer.Serialize(note, JsonSerializerOptions.Web),
                cancellationToken
            );
        }
        catch (OutboxUnavailableException)
        {
            Log.NotNoted(logger, connection.Name);
        }
    }

    /// <summary>Takes over what other replicas noted. Not safe for concurrent use.</summary>
    public async Task FollowAsync(ConnectionRegistry connections, CancellationToken cancellationToken)
    {
        foreach (var note in await replicas.NotesAsync(TokenPrefix, cancellationToken))
        {
            if (IsNew(note) && Read<TokenNote>(note) is { } read)
            {
                var name = note.Name[TokenPrefix.Length..];
                findings.Follow(
                    name,
                    connections.Find(name) is { } connection && DigestOf(connection) == read.Token ? connection : null,
                    read.Finding
                );
            }
        }

        foreach (var note in await replicas.NotesAsync(CheckName, cancellationToken))
        {
            if (IsNew(note) && Read<VersionSigns>(note) is { } signs)
            {
                versions.Follow(signs);
            }
        }
    }

    private bool IsNew(SharedNote note)
    {
        var isNew = !_followed.TryGetValue(note.Name, out var at) || at != note.At;
        _followed[note.Name] = note.At;
        return isNew;
    }

    private static T? Read<T>(SharedNote note)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(note.Text, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null; // of a replica of another version
        }
    }

    /// <summary>What distinguishes the tokens that a connection had.</summary>
    private static string DigestOf(Connection connection) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(connection.Options.AccessToken?.Reveal() ?? string.Empty))
        );

    private sealed record TokenNote(string Token, TokenFinding Finding);

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 574,
            Level = LogLevel.Warning,
            Message = "What Meta said about the token of connection {Connection} could not be noted for other replicas"
        )]
        public static partial void NotNoted(ILogger logger, string connection);
    }
}
