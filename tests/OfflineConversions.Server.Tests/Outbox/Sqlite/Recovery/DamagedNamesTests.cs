using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Recovery;

/// <summary>
/// One flipped bit changes the case of a letter. SQLite then still finds a table by its name, but cannot change it, so
/// a migration would fail at every start.
/// </summary>
public sealed class DamagedNamesTests
{
    private static readonly string[] Tables =
    [
        "chunks",
        "destinations",
        "failed",
        "ledger",
        "paused",
        "payload_keys",
        "probe",
        "suppressed",
        "taken_keys",
        "chunks_due",
        "chunks_age",
        "failed_destination",
        "failed_age",
        "taken_keys_expiry",
    ];

    public static TheoryData<string, string> Names
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var table in Tables)
            {
                data.Add(table, "sql");
                data.Add(table, "name");
                data.Add(table, "tbl_name");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_name_with_another_case_in_an_earlier_releases_file_stops_no_start_and_costs_no_event(
        string name,
        string column
    )
    {
        using var file = new ReleasedFile("plain-clean.zip");
        Flip(file.Path, name, column);

        await using var outbox = file.Open();

        (await outbox.BacklogAsync(default)).Sum(backlog => backlog.Events).Should().Be(17);
        (await outbox.FailedAsync(new FailedQuery(Limit: 1000), default))
            .Should()
            .HaveCount(file.Expected.Failed.Count)
            .And.OnlyContain(failed => failed.Burial.Reason != "unreadable");
        await outbox.ShouldBalanceAsync();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task In_a_file_of_this_release_too(string name, string column)
    {
        using var file = new DamagedFile();
        await using (var outbox = file.Open())
        {
            await DamagedFile.FillAsync(outbox, 5);
        }

        Flip(file.Path, name, column);
        await using var again = file.Open();

        (await DamagedFile.LeaseAllAsync(again)).Should().HaveCount(5);
        await again.ShouldBalanceAsync();
    }

    /// <summary>Changes the case of the first letter of a name in the list of all tables.</summary>
    private static void Flip(string path, string name, string column)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var writable = new Statement(connection, "PRAGMA writable_schema = ON");
        writable.Execute();
        var other = string.Concat(name[..1].ToUpperInvariant(), name.AsSpan(1));
        var flipped =
            column == "sql"
                ? $"replace(sql, '{name}', '{other}')"
                : $"upper(substr({column}, 1, 1)) || substr({column}, 2)";
        using var flip = new Statement(
            connection,
            $"UPDATE sqlite_schema SET {column} = {flipped} WHERE name = '{name}'"
        );
        flip.Execute().Should().Be(1);
    }
}
