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
using OfflineConversions.Server.Outbox.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Encryption;
using OfflineConversions.Server.Outbox.Sqlite.Erasing;
using OfflineConversions.Server.Outbox.Sqlite.Reading;
using OfflineConversions.Server.Outbox.Sqlite.Rows;
using OfflineConversions.Targets.Meta;

namespace OfflineConversions.Fuzzing.Targets;

/// <summary>
/// The rows of the outbox, in tables in memory: a line with numbers and the name of the API, a line that says where the
/// payloads end, and the payloads. They are read for delivery, for the operator and for an erasure: each reader goes
/// on, whatever the row holds.
/// </summary>
internal sealed class RowTarget : Target
{
    private const string Payload =
        """{"event_name":"Purchase","event_time":1795262400,"user_data":{"em":["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],"external_id":["7"]},"event_id":"a","action_source":"physical_store","custom_data":{"value":1.5,"currency":"USD"}}""";
    private const string Legacy =
        """{"match_keys":{"email":["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],"extern_id":["7"]},"event_time":1795262400,"event_name":"Purchase","value":1.5,"currency":"USD"}""";

    private static readonly IReadOnlySet<PersonTrace> Person = Seven();

    private readonly string _folder = Directory.CreateTempSubdirectory("fuzzing-rows-").FullName;
    private readonly ThreadLocal<Tables> _tables;
    private readonly PayloadEncryption _encryption;

    public RowTarget()
        : base("rows")
    {
        _encryption = new PayloadEncryption(
            new OutboxOptions { Path = Path.Combine(_folder, "outbox.db"), Encrypt = true }
        );
        _encryption.Encrypt("{}"u8);
        _tables = new(() => new Tables(_encryption), trackAllValues: true);
    }

    public override IEnumerable<byte[]> Seeds =>
        from payload in (string[])[Payload, Legacy]
        from closed in Enumerable.Range(0, 4)
        from format in Enumerable.Range(0, 4)
        select Row(
            $"2 1795262400000 1795867200000 3 {payload.Length * 3} {closed} {(payload == Legacy ? MetaApi.OfflineEvents : MetaApi.ConversionsApi)} {format}",
            payload,
            3
        );

    public override long MostAllocated(int inputBytes) => 256 * 1024 + (256L * inputBytes);

    public override byte[] Mutate(byte[] input, IReadOnlyList<byte[]> others, Random random)
    {
        var (numbers, rest) = Lines.Cut(input);
        var (ends, payload) = Lines.Cut(rest);
        return random.Next(6) switch
        {
            0 => Lines.Join(WithNumber(numbers, random), rest),
            1 => Lines.Join(numbers, Lines.Join(WithNumber(ends, random), payload)),
            2 => Lines.Join(
                WithNumber(numbers, random),
                Lines.Join(WithNumber(ends, random), JsonMutation.Mutate(payload, others, random))
            ),
            3 => Lines.Join(numbers, Lines.Join(ends, JsonMutation.Mutate(payload, others, random))),
            4 => Lines.Join(numbers, Lines.Join(ends, ByteMutation.Mutate(payload, others, random))),
            _ => ByteMutation.Mutate(input, others, random),
        };
    }

    public override string? Run(byte[] input)
    {
        var (numbers, rest) = Lines.Cut(input);
        var (ends, payload) = Lines.Cut(rest);
        var words = numbers.Split(' ');
        long Number(int place) =>
            place < words.Length
            && long.TryParse(words[place], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                ? value
                : 0;
        var (closed, format) = (Number(5), Number(7));
        var content = format switch
        {
            1 => Chunk(payload, Ends(ends)),
            2 => WithHeader(payload, (int)Number(3)),
            _ => payload,
        };
        _tables.Value!.Write(
            [Number(0), Number(1), Number(2), Number(3), Number(4), closed == 0 ? 0 : 1],
            words.Length > 6 ? words[6] : "",
            format is 1 or 2 ? 1 : format,
            Ends(ends),
            closed is 2 or 3 ? Encrypted(content, closed == 3, Number(1)) : content
        );
        return _tables.Value.Read(Person);
    }

    public override void Dispose()
    {
        foreach (var tables in _tables.Values)
        {
            tables.Dispose();
        }

        _tables.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static IReadOnlySet<PersonTrace> Seven()
    {
        var keys = new MatchKeys();
        keys.Add(MatchKey.ExternalId, "7");
        return PersonTraceFinder.Of(keys, []);
    }

    /// <summary>The payloads as one sound chunk, or all of them as one event if the ends make no sense.</summary>
    private static byte[] Chunk(byte[] payload, byte[] ends)
    {
        var chunk = new ChunkBuilder();
        foreach (var one in RowsBeforeChunkFormat.Cut(payload, ends) ?? [payload])
        {
            chunk.Add(new StoredEvent(one, FuzzingTime.Now, DeduplicationKey.Of("333", "Purchase", "a")));
        }

        return chunk.Complete().ToArray();
    }

    /// <summary>Any bytes with a header whose checksum is right: what is behind it decides.</summary>
    private static byte[] WithHeader(byte[] bytes, int events)
    {
        byte[] chunk = [.. new byte[ChunkFormat.HeaderBytes], .. bytes];
        ChunkFormat.WriteHeader(chunk, events);
        return chunk;
    }

    private byte[] Encrypted(byte[] payload, bool damaged, long place)
    {
        var closed = _encryption.Encrypt(payload);
        closed[(int)((ulong)place % (ulong)closed.Length)] ^= (byte)(damaged ? 1 : 0);
        return closed;
    }

    private static byte[] Row(string numbers, string payload, int times) =>
        Lines.Join(
            numbers,
            Lines.Join(
                string.Join(' ', Enumerable.Range(1, times).Select(each => each * payload.Length)),
                Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(payload, times)))
            )
        );

    /// <summary>The ends as they stand in the file; a word that is no number is a stray byte.</summary>
    private static byte[] Ends(string line)
    {
        var bytes = new List<byte>();
        Span<byte> end = stackalloc byte[sizeof(int)];
        foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var isNumber = long.TryParse(
                word,
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var value
            );
            BinaryPrimitives.WriteInt32LittleEndian(end, unchecked((int)value));
            bytes.AddRange(isNumber ? end : [(byte)word[0]]);
        }

        return [.. bytes];
    }

    private static string WithNumber(string line, Random random)
    {
        var words = line.Split(' ');
        words[random.Next(words.Length)] = random.Next(8) switch
        {
            0 => "x",
            1 => "",
            2 => random.Next(1000).ToString(CultureInfo.InvariantCulture),
            _ => Nasties.Numbers[random.Next(Nasties.Numbers.Length)].ToString(CultureInfo.InvariantCulture),
        };
        return string.Join(' ', words);
    }

    private sealed class Tables : IDisposable
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

        public Tables(PayloadEncryption encryption)
        {
            _connection.Open();
            Schema.Migrate(_connection);
            _destination = new Statement(
                _connection,
                "INSERT OR REPLACE INTO destinations (id, connection, api, dataset, upload_tag) VALUES (1, 'stores', ?1, '333', NULL)"
            );
            _chunk = new Statement(
                _connection,
                "INSERT OR REPLACE INTO chunks (id, destination, attempts, created_at, due_at, expires_at, events, bytes, closed, ends, payload, format) VALUES (1, 1, ?1, ?2, 0, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
            );
            _failed = new Statement(
                _connection,
                "INSERT OR REPLACE INTO failed (id, destination, attempts, failed_at, expires_at, reason, closed, payload, format) VALUES (1, 1, ?1, ?2, ?3, 'refused_by_meta', ?6, ?8, ?9)"
            );
            _table = new ChunkTable(_connection, encryption, _leases);
            _chunks = new LeaseReader(_table, _leases, () => { }, FuzzingTime.Stopped(), NullLogger.Instance);
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
}
