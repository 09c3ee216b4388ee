using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OfflineConversions.Fuzzing.Processes;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Postgres;
using OfflineConversions.Server.Outbox.Postgres.Schema;

namespace OfflineConversions.Server.Tests.Outbox.Postgres;

/// <summary>What stops a start, and what each message says.</summary>
public sealed class PostgresStartTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private PostgresProcess _server = null!;
    private string _database = "";

    public async Task InitializeAsync()
    {
        _server = await PostgresServer.SharedAsync();
        _database = await _server.CreateDatabaseAsync();
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_wrong_password_stops_the_start_and_is_not_repeated()
    {
        var wrong = _database.Replace(PostgresProcess.Password, "not-the-password", StringComparison.Ordinal);

        var refused = await RefusedAsync(Replica.Options(wrong));

        refused.Message.Should().Contain("Outbox:ConnectionString").And.Contain("password");
        refused.ToString().Should().NotContain("not-the-password");
    }

    [Theory]
    [InlineData("Host=db;Password=top;secret-part=1")]
    [InlineData("Host=db;Password='top-secret-part")]
    [InlineData("top-secret-part")]
    [InlineData("Host=db;Port=top-secret-part")]
    [InlineData("Password=top-secret-part")]
    public async Task No_part_of_a_connection_string_that_cannot_be_read_is_repeated(string text)
    {
        var refused = await RefusedAsync(Replica.Options(text));

        refused.Message.Should().Contain("Outbox:ConnectionString");
        refused.ToString().Should().NotContain("secret-part");
    }

    [Fact]
    public async Task A_database_that_does_not_exist_stops_the_start() =>
        (await RefusedAsync(Replica.Options(_server.ConnectionTo("no_such_database"))))
            .Message.Should()
            .Contain("exist");

    [Fact]
    public async Task A_database_that_may_lose_commits_stops_the_start()
    {
        var name = new NpgsqlConnectionStringBuilder(_database).Database;
        await PostgresServer.ExecuteAsync(_database, $"ALTER DATABASE {name} SET synchronous_commit = off");

        (await RefusedAsync(Replica.Options(_database))).Message.Should().Contain("synchronous_commit is off");
    }

    [Fact]
    public async Task A_server_without_fsync_stops_the_start()
    {
        var server = await PostgresServer.StartAsync("fsync = off");

        (await RefusedAsync(Replica.Options(await server.CreateDatabaseAsync())))
            .Message.Should()
            .Contain("fsync is off");
    }

    [Fact]
    public async Task A_role_without_rights_is_told_what_an_administrator_runs_and_then_needs_nothing_else()
    {
        var (role, name) = ($"role_{Guid.NewGuid():N}", new NpgsqlConnectionStringBuilder(_database).Database);
        await PostgresServer.ExecuteAsync(_database, $"CREATE ROLE {role} LOGIN PASSWORD 'pass'");
        var options = Replica.Options(
            new NpgsqlConnectionStringBuilder(_database) { Username = role, Password = "pass" }.ConnectionString
        );

        var refused = await RefusedAsync(options);

        var command = $"CREATE SCHEMA offlineconversions AUTHORIZATION \"{role}\"";
        refused.Message.Should().Contain(command);
        await PostgresServer.ExecuteAsync(_database, command);
        await using var outbox = await Replica.OpenAsync(options);
        (await outbox.AppendAsync(Some.Entries(1), default)).Status.Should().Be(AppendStatus.Stored, name);
    }

    [Fact]
    public async Task A_replica_with_other_encryption_keys_does_not_start()
    {
        OutboxOptions WithKeys(string folder)
        {
            var options = Replica.Options(_database);
            (options.Encrypt, options.KeyDirectory) = (true, _folder.File(folder));
            return options;
        }

        await using var first = await Replica.OpenAsync(WithKeys("shared"));
        await using var second = await Replica.OpenAsync(WithKeys("shared"));

        (await RefusedAsync(WithKeys("other"))).Message.Should().Contain("Outbox:KeyDirectory");
        (await RefusedAsync(Replica.Options(_database))).Message.Should().Contain("Outbox:KeyDirectory");
    }

    [Fact]
    public async Task A_password_that_is_rotated_in_its_file_is_used_without_a_restart()
    {
        var role = $"role_{Guid.NewGuid():N}";
        await PostgresServer.ExecuteAsync(_database, $"CREATE ROLE {role} SUPERUSER LOGIN PASSWORD 'before'");
        string Text(string password) =>
            new NpgsqlConnectionStringBuilder(_database) { Username = role, Password = password }.ConnectionString;
        var file = _folder.File("connection-string");
        await File.WriteAllTextAsync(file, Text("before") + "\n");
        var options = Replica.Options(Text("before"));
        options.ConnectionStringFile = file;
        await using var outbox = await Replica.OpenAsync(options);

        await PostgresServer.ExecuteAsync(_database, $"ALTER ROLE {role} PASSWORD 'after'");
        await File.WriteAllTextAsync(file, Text("after") + "\n");
        await PostgresServer.ExecuteAsync(
            _database,
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'"
        );

        var status = AppendStatus.Unavailable;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        for (var id = 0; status != AppendStatus.Stored; id++)
        {
            status = (await outbox.AppendAsync([Some.Entry($"{id}")], patience.Token)).Status;
            await Task.Delay(100, patience.Token);
        }
    }

    [Fact]
    public async Task A_newer_step_keeps_replicas_out_only_if_it_says_so()
    {
        await using (await Replica.OpenAsync(_database)) { }

        await AddStepAsync(SchemaSteps.Version + 1, compatibleFrom: 1);
        await using (var older = await Replica.OpenAsync(_database))
        {
            older.Health.Ready.Should().BeTrue("the newer tables still suit it");
        }

        await AddStepAsync(SchemaSteps.Version + 2, compatibleFrom: SchemaSteps.Version + 2);
        (await RefusedAsync(Replica.Options(_database))).Message.Should().Contain("newer version");
    }

    private Task AddStepAsync(int step, int compatibleFrom) =>
        PostgresServer.ExecuteAsync(
            _database,
            string.Create(
                CultureInfo.InvariantCulture,
                $"INSERT INTO offlineconversions.schema_steps VALUES ({step}, {compatibleFrom}, now())"
            )
        );

    private static async Task<SettingUnusableException> RefusedAsync(OutboxOptions options) =>
        (
            await FluentActions
                .Awaiting(() =>
                    PostgresOutbox.OpenAsync(
                        options,
                        TimeProvider.System,
                        NullLogger<PostgresOutbox>.Instance,
                        new PostgresTiming(TimeSpan.FromHours(1))
                    )
                )
                .Should()
                .ThrowAsync<SettingUnusableException>()
        ).Which;
}
