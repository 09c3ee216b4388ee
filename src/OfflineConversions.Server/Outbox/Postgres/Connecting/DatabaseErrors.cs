using System.Net.Sockets;
using Npgsql;

namespace OfflineConversions.Server.Outbox.Postgres.Connecting;

/// <summary>What an error of the database means. No text repeats the connection string.</summary>
internal static class DatabaseErrors
{
    /// <summary>
    /// What keeps the database from working, for the operator; <see langword="null"/> if the error is a defect of this
    /// program.
    /// </summary>
    public static string? Describe(Exception error) =>
        Refused(error)
        ?? error switch
        {
            CommitInDoubtException { InnerException: { } cause } => Describe(cause),
            StoreClosedException => error.Message,
            PostgresException { SqlState: PostgresErrorCodes.DiskFull } => "The database's disk is full.",
            PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } =>
                "The database accepts no more connections.",
            PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } =>
                "The database is read-only: it is a standby.",
            PostgresException { SqlState: PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable } =>
                "The database is too slow.",
            PostgresException { IsTransient: true } => "The database is not available.",
            PostgresException { SqlState: { } state } when IsSystem(state) => "The database is failing.",
            PostgresException => null,
            NpgsqlException { InnerException: TimeoutException } or TimeoutException =>
                "The database does not respond.",
            NpgsqlException or SocketException or IOException => "The database cannot be reached.",
            _ => null,
        };

    /// <summary>
    /// What the operator must change before the database works; <see langword="null"/> if waiting may help.
    /// </summary>
    public static string? Refused(Exception error) =>
        error is not PostgresException refused
            ? null
            : refused.SqlState switch
            {
                PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
                    "The database refused the user or the password of Outbox:ConnectionString.",
                PostgresErrorCodes.InvalidCatalogName =>
                    "The database that Outbox:ConnectionString names does not exist.",
                PostgresErrorCodes.InsufficientPrivilege =>
                    "The database's user lacks a right. Its role needs all rights on the schema offlineconversions, or "
                        + "CREATE on the database so that the service can create it.",
                _ => null,
            };

    /// <summary>Two transactions got into each other's way: the same one again may succeed at once.</summary>
    public static bool IsConflict(Exception error) =>
        (error as PostgresException)?.SqlState
            is PostgresErrorCodes.DeadlockDetected
                or PostgresErrorCodes.SerializationFailure;

    /// <summary>As a conflict, or a lock was not to be had in time.</summary>
    public static bool IsBusy(Exception error) =>
        IsConflict(error) || error is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    // Classes: connection, resources, operator, system, configuration file, internal.
    private static bool IsSystem(string state) =>
        state.Length > 2 && state[..2] is "08" or "53" or "57" or "58" or "F0" or "XX";
}

/// <summary>The connection broke during a commit, which may have arrived.</summary>
internal sealed class CommitInDoubtException(Exception cause) : Exception("A commit may have arrived.", cause);

/// <summary>A move to another store, or from one, has closed the database to the service.</summary>
internal sealed class StoreClosedException(string message) : Exception(message);
