using System.Data.Common;
using Npgsql;
using OfflineConversions.Server.Configuration;

namespace OfflineConversions.Server.Outbox.Postgres.Connecting;

/// <summary>
/// The pool of connections that the configuration describes. What must hold behind pgbouncer in transaction mode is
/// set here: nothing is prepared, and nothing is left in a session. Nothing of the connection string is ever repeated.
/// </summary>
internal static class DatabaseAddress
{
    private const int ConnectSeconds = 5;
    private const int CommandSeconds = 15;
    private const int MostConnections = 20;

    /// <summary>Npgsql would ask a promoted standby only every 10 seconds whether it accepts writes.</summary>
    private const int HostRecheckSeconds = 1;

    /// <summary>Creates the pool. Nothing is connected yet.</summary>
    /// <exception cref="SettingUnusableException">The connection string cannot be used.</exception>
    public static NpgsqlDataSource Open(OutboxOptions options)
    {
        var address = Parse(options.ConnectionString!.Reveal());
        var builder = new NpgsqlDataSourceBuilder { ConnectionStringBuilder = { ConnectionString = string.Empty } };
        var target = Complete(address);
        builder.ConnectionStringBuilder.ConnectionString = address.ConnectionString;
        if (options.ConnectionStringFile is { } file)
        {
            // Read for each new connection, so that a rotated password needs no restart.
            builder.ConnectionStringBuilder.Password = null;
            builder.UsePasswordProvider(
                _ => PasswordIn(File.ReadAllText(file)),
                async (_, cancellationToken) => PasswordIn(await File.ReadAllTextAsync(file, cancellationToken))
            );
        }

        return target is { } wanted ? builder.BuildMultiHost().WithTargetSession(wanted) : builder.Build();
    }

    private static NpgsqlConnectionStringBuilder Parse(string text)
    {
        try
        {
            var address = new NpgsqlConnectionStringBuilder(text);
            return string.IsNullOrWhiteSpace(address.Host)
                ? throw new SettingUnusableException("Outbox:ConnectionString names no Host.")
                : address;
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or FormatException or KeyNotFoundException)
        {
            // Its message repeats parts of the text, which may be parts of the password.
            throw new SettingUnusableException(
                "Outbox:ConnectionString is not a connection string of Npgsql. Write for example "
                    + "Host=db.example;Database=outbox;Username=offlineconversions;Password=…;SSL Mode=VerifyFull. A "
                    + "value with ; or quotes must be in quotes."
            );
        }
    }

    /// <summary>Adds limits that are not set, and what the outbox relies on.</summary>
    /// <returns>The kind of server to use, if several hosts are named.</returns>
    private static TargetSessionAttributes? Complete(NpgsqlConnectionStringBuilder address)
    {
        SetDefault(address, nameof(address.Timeout), () => address.Timeout = ConnectSeconds);
        SetDefault(address, "Command Timeout", () => address.CommandTimeout = CommandSeconds);
        SetDefault(address, "Maximum Pool Size", () => address.MaxPoolSize = MostConnections);
        SetDefault(address, "Host Recheck Seconds", () => address.HostRecheckSeconds = HostRecheckSeconds);
        SetDefault(address, "Application Name", () => address.ApplicationName = "offline-conversions");
        address.Pooling = true;
        address.Enlist = false;
        address.MaxAutoPrepare = 0;
        address.NoResetOnClose = true;
        address.PersistSecurityInfo = false;
        address.IncludeErrorDetail = false;
        address.LogParameters = false;
        var wanted = address.TargetSessionAttributes;
        address.TargetSessionAttributes = null;
        return !address.Host!.Contains(',', StringComparison.Ordinal) ? null
            : Enum.TryParse<TargetSessionAttributes>(
                wanted?.Replace("-", string.Empty, StringComparison.Ordinal),
                ignoreCase: true,
                out var target
            )
                ? target
            : TargetSessionAttributes.ReadWrite;
    }

    private static void SetDefault(DbConnectionStringBuilder address, string key, Action set)
    {
        if (!address.ShouldSerialize(key))
        {
            set();
        }
    }

    private static string PasswordIn(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text.Trim()).Password ?? string.Empty;
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or FormatException or KeyNotFoundException)
        {
            return string.Empty; // The server refuses it, and the next connection reads the file again.
        }
    }
}
