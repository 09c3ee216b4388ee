using Npgsql;

namespace OfflineConversions.Server.Outbox.Postgres.Connecting;

/// <summary>A statement with its parameters, <c>$1</c> and so on. Every text is from this program.</summary>
internal sealed record DatabaseCommand(string Sql, params object?[] Values)
{
    /// <summary>Reads each of its rows, where they are read.</summary>
    public Action<NpgsqlDataReader>? Read { get; init; }

    /// <summary>The statement for the driver.</summary>
    public NpgsqlBatchCommand Build()
    {
#pragma warning disable CA2100 // The text is a constant of this program, and values are parameters.
        var command = new NpgsqlBatchCommand(Sql);
#pragma warning restore CA2100
        foreach (var value in Values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        return command;
    }
}
