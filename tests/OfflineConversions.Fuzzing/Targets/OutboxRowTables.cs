using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using OfflineConversions.Conversions;
using OfflineConversions.Fuzzing.Mutation;
using OfflineConversions.Hashing;
using OfflineConversions.Privacy;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Encryption;
using OfflineConversions.Server.Outbox.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Erasing;
using OfflineConversions.Server.Outbox.Sqlite.Reading;
using OfflineConversions.Server.Outbox.Sqlite.Rows;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Fuzzing.Targets;

/// <summary>One row of each kind, in tables in memory, with the readers of delivery, operator and erasure.</summary>
internal sealed class OutboxRowTables : IDisposable
{
    private readonly Leases _leases = new(FuzzingTime.Stopped(), TimeSpan.FromHours(1));
    private readonly SqliteConnection _connection = new("Data Source=:memory:");
    private readonly Statement _destination;
    private readonly Statement _chunk;
    private readonly Statement _failed;
    private readonly ChunkTable _table;
    private readonly LeaseReader _chunks;
    private readonly ErasureChunkReader _search;
    private readonly OperatorReader _operator;
    private readonly ErasureReader _erasure;

    public OutboxRowTables(PayloadEncryption encryption)
    {
        _connection.Open();
        Schema.Migrate(_connection);
        _destination = new Statement(
            _connection,
            """
            INSERT OR REPLACE INTO destinations (id, connection, api, dataset, upload_tag)
            VALUES (1, 'stores', ?1, '333', NULL)
            """
        );
        _chunk = new Statement(
            _connection,
            """
            INSERT OR REPLACE INTO chunks (
                id, destination, attempts, created_at, due_at, expires_at, events, bytes, closed, ends, payload, format)
            VALUES (1, 1, ?1, ?2, 0, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """
        );
        _failed = new Statement(
            _connection,
            """
            INSERT OR REPLACE INTO failed (
                id, destination, attempts, failed_at, expires_at, reason, closed, payload, format)
            VALUES (1, 1, ?1, ?2, ?3, 'refused_by_meta', ?6, ?8, ?9)
            """
        );
        _table = new ChunkTable(_connection, encryption, _leases);
        _chunks = new LeaseReader(
            _table,
            _leases,
            new LeaseFindings(() => { }, _ => { }),
            FuzzingTime.Stopped(),
            NullLogger.Instance
        );
        _search = new ErasureChunkReader(_table, _leases);
        _operator = new OperatorReader(_connection, encryption);
        _erasure = new ErasureReader(_connection, encryption);
    }

    public void Write(long[] numbers, string api, long format, byte[] ends, byte[] payload)
    {
        _destination.Bind(1, api).Execute();
        foreach (var statement in (Statement[])[_chunk, _failed])
        {
            for (var place = 0; place < numbers.Length; place++)
            {
                if (statement == _chunk || place is not (3 or 4))
                {
                    statement.Bind(place + 1, numbers[place]);
                }
            }

            _ = statement == _chunk ? statement.Bind(7, ends) : statement;
            statement.Bind(8, payload).Bind(9, format).Execute();
        }
    }

    public string? Read(IReadOnlySet<PersonTrace> person)
    {
        var leased = Now(_chunks.LeaseAsync(new LeaseRequest("stores", 1000, 1_000_000), default));
        Free();
        Now(_search.ClaimAsync(Now(_search.FindAsync(0, long.MaxValue, person, default)).Free, 0, person, default));
        Free();
        Now(_erasure.FailedAsync(0, long.MaxValue, person, default));
        Now(_operator.FailedAsync(new FailedQuery(), default));
        return leased.Any(chunk => chunk.Events.Count == 0 || chunk.Events.Any(one => one.Payload.IsEmpty))
            ? "an event of nothing would be sent"
            : null;
    }

    public void Dispose()
    {
        _destination.Dispose();
        _chunk.Dispose();
        _failed.Dispose();
        Now(_table.DisposeAsync());
        Now(_operator.DisposeAsync());
        Now(_erasure.DisposeAsync());
    }

    private void Free() => _leases.Release(1);

    private static T Now<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    private static void Now(ValueTask task) => task.AsTask().GetAwaiter().GetResult();
}
