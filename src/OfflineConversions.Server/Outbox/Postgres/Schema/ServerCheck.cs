using System.Globalization;
using Npgsql;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Postgres.Connecting;

namespace OfflineConversions.Server.Outbox.Postgres.Schema;

/// <summary>Whether a server can keep the promises of the outbox. What it lacks is named, all at once.</summary>
internal static class ServerCheck
{
    private const int OldestVersion = 150000;

    private const string Question = $"""
        SELECT current_setting('server_version_num')::int, current_setting('server_version'),
            current_setting('fsync'), current_setting('synchronous_commit'), current_setting('full_page_writes'),
            to_regnamespace('{Database.Schema}') IS NOT NULL,
            has_database_privilege(current_database(), 'CREATE'),
            coalesce(has_schema_privilege(to_regnamespace('{Database.Schema}')::oid, 'USAGE, CREATE'), false),
            current_user::text
        """;

    /// <summary>Checks the server on which a connection is.</summary>
    /// <exception cref="SettingUnusableException">The server or the role cannot be used.</exception>
    public static async Task RequireUsableAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Question, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var problems = Problems(reader).ToArray();
        if (problems.Length > 0)
        {
            throw new SettingUnusableException(
                $"The database of Outbox:ConnectionString cannot be used: {string.Join("; ", problems)}."
            );
        }
    }

    private static IEnumerable<string> Problems(NpgsqlDataReader server)
    {
        if (server.GetInt32(0) < OldestVersion)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"it is PostgreSQL {server.GetString(1)}, and {OldestVersion / 10000} or later is needed"
            );
        }

        if (server.GetString(2) != "on")
        {
            yield return "fsync is off, so a power cut can lose accepted events; set it to on";
        }

        if (server.GetString(3) == "off")
        {
            yield return "synchronous_commit is off for this role, so a crash can lose accepted events; set it to on";
        }

        if (server.GetString(4) != "on")
        {
            yield return "full_page_writes is off, so a power cut can damage the tables; set it to on";
        }

        var (exists, mayCreateSchema, mayUseSchema) = (
            server.GetBoolean(5),
            server.GetBoolean(6),
            server.GetBoolean(7)
        );
        if (exists ? !mayUseSchema : !mayCreateSchema)
        {
            var role = server.GetString(8);
            yield return exists
                ? $"the role {role} may not use the schema {Database.Schema}; run as its owner: "
                    + $"ALTER SCHEMA {Database.Schema} OWNER TO \"{role}\""
                : $"the schema {Database.Schema} is missing, and the role {role} may not create it; run as an "
                    + $"administrator: CREATE SCHEMA {Database.Schema} AUTHORIZATION \"{role}\"";
        }
    }
}
