using System.Data.Common;
using OfflineConversions.Privacy;

namespace OfflineConversions.Server.Configuration.Validation;

/// <summary>
/// The rules of the outbox that involve more than one setting. No message repeats any part of a connection string.
/// </summary>
internal static class OutboxRules
{
    /// <summary>Reports what does not fit the store.</summary>
    public static void Check(OutboxOptions outbox, ConfigurationProblems problems)
    {
        var rules = new SectionRules(problems, nameof(ServiceOptions.Outbox));
        if (outbox.Provider != OutboxProvider.PostgreSql)
        {
            rules.Require(
                nameof(outbox.ConnectionString),
                outbox.ConnectionString is null,
                "is set, but Outbox:Provider is Sqlite; set Outbox:Provider to PostgreSql, or leave it out"
            );
            return;
        }

        rules.Require(
            nameof(outbox.ConnectionString),
            outbox.ConnectionString is { IsBlank: false },
            "is required for PostgreSql, here or in a file that Outbox:ConnectionStringFile names"
        );
        rules.Require(
            nameof(outbox.ConnectionString),
            outbox.ConnectionString is not { IsBlank: false } text || IsConnectionString(text),
            "is not a connection string; write for example Host=db.example;Database=outbox;"
                + "Username=offlineconversions;Password=…;SSL Mode=VerifyFull"
        );
        rules.Require(
            nameof(outbox.KeyDirectory),
            !outbox.IsEncrypted || outbox.KeyDirectory is not null,
            "is required for PostgreSql with Outbox:Encrypt: a folder that all replicas share"
        );
    }

    private static bool IsConnectionString(Secret text)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = text.Reveal() };
            return parts.ContainsKey("Host") || parts.ContainsKey("Server");
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
