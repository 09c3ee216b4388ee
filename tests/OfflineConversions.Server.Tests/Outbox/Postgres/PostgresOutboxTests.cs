using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Conversions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Postgres;

namespace OfflineConversions.Server.Tests.Outbox.Postgres;

/// <summary>The outbox in PostgreSQL keeps the contract.</summary>
public class PostgresOutboxTests : OutboxContract
{
    private readonly TemporaryFolder _folder = new();

    private protected virtual bool Encrypt => false;

    private protected string Database { get; private set; } = "";

    public override async Task InitializeAsync()
    {
        Database = await CreateDatabaseAsync();
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        if (Outbox is not null)
        {
            await base.DisposeAsync();
        }

        _folder.Dispose();
    }

    private protected virtual async Task<string> CreateDatabaseAsync() =>
        await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();

    private protected override async Task<IOutboxStore> OpenAsync() =>
        await PostgresOutbox.OpenAsync(
            new OutboxOptions
            {
                Provider = OutboxProvider.PostgreSql,
                ConnectionString = Database,
                Encrypt = Encrypt,
                KeyDirectory = _folder.File("keys"),
            },
            Clock,
            NullLogger<PostgresOutbox>.Instance,
            new PostgresTiming(LongestWait, UsesDatabaseClock: false)
        );

    private protected override async Task TakeOlderKeyAsync(EventDelivery delivery, DateTimeOffset end)
    {
        await OlderPostgresKeys.TakeAsync(Database, delivery, end);
        await RestartAsync();
    }
}

/// <summary>The same with encrypted payloads.</summary>
public sealed class EncryptedPostgresOutboxTests : PostgresOutboxTests
{
    private protected override bool Encrypt => true;
}

/// <summary>The same behind pgbouncer in transaction mode.</summary>
public sealed class PgBouncerPostgresOutboxTests : PostgresOutboxTests
{
    private protected override async Task<string> CreateDatabaseAsync() =>
        await PgBouncer.ConnectionToAsync(await base.CreateDatabaseAsync());
}
