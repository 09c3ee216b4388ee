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

/// <summary>
/// The rows of the outbox, in tables in memory: a line with numbers and the name of the API, a line that says where the
/// payloads end, and the payloads. They are read for delivery, for the operator and for an erasure: no row stops a
/// reader.
/// </summary>
internal sealed class OutboxRowTarget : Target
{
    private const string Payload =
        """{"event_name":"Purchase","event_time":1795262400,"user_data":{"em":"""
        + """["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],"external_id":["7"]},"""
        + """ "event_id":"a","action_source":"physical_store","custom_data":{"value":1.5,"currency":"USD"}}""";
    private const string Legacy =
        """{"match_keys":{"email":["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],"""
        + """ "extern_id":["7"]},"event_time":1795262400,"event_name":"Purchase","value":1.5,"currency":"USD"}""";

    private static readonly IReadOnlySet<PersonTrace> Person = Seven();

    private readonly string _folder = Directory.CreateTempSubdirectory("fuzzing-rows-").FullName;
    private readonly ThreadLocal<OutboxRowTables> _tables;
    private readonly PayloadEncryption _encryption;

    public OutboxRowTarget()
        : base("rows")
    {
        _encryption = new PayloadEncryption(
            new OutboxOptions { Path = Path.Combine(_folder, "outbox.db"), Encrypt = true }
        );
        _encryption.Encrypt("{}"u8);
        _tables = new(() => new OutboxRowTables(_encryption), trackAllValues: true);
    }

    public override IEnumerable<byte[]> Seeds =>
        from payload in (string[])[Payload, Legacy]
        from encryption in Enumerable.Range(0, 4)
        from format in Enumerable.Range(0, 4)
        let api = payload == Legacy ? MetaApi.OfflineEvents : MetaApi.ConversionsApi
        select Row($"2 1795262400000 1795867200000 3 {payload.Length * 3} {encryption} {api} {format}", payload, 3);

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
        var (encryption, format) = (Number(5), Number(7));
        var api = words.Length > 6 ? words[6] : "";
        var destination = DestinationDigest.Of("stores", api, "333", null);
        var content = format switch
        {
            1 => Chunk(payload, Ends(ends), destination),
            2 => WithHeader(payload, (int)Number(3), destination),
            _ => payload,
        };
        _tables.Value!.Write(
            [Number(0), Number(1), Number(2), Number(3), Number(4), encryption == 0 ? 0 : 1],
            api,
            format is 1 or 2 ? 1 : format,
            Ends(ends),
            encryption is 2 or 3 ? Encrypted(content, encryption == 3, Number(1)) : content
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

    /// <summary>The payloads as one valid chunk, or all of them as one event if the ends make no sense.</summary>
    private static byte[] Chunk(byte[] payload, byte[] ends, long destination)
    {
        var chunk = new ChunkBuilder();
        foreach (var one in RowsBeforeChunkFormat.Cut(payload, ends) ?? [payload])
        {
            chunk.Add(
                new StoredEvent(one, FuzzingTime.Now, DeduplicationKey.OfEveryConnection("333", "Purchase", "a"))
            );
        }

        return chunk.Complete(destination).ToArray();
    }

    /// <summary>Any bytes behind a header whose checksum is right.</summary>
    private static byte[] WithHeader(byte[] bytes, int events, long destination)
    {
        byte[] chunk = [.. new byte[ChunkFormat.HeaderBytes], .. bytes];
        ChunkFormat.WriteHeader(chunk, events, destination);
        return chunk;
    }

    private byte[] Encrypted(byte[] payload, bool damaged, long place)
    {
        var encrypted = _encryption.Encrypt(payload);
        encrypted[(int)((ulong)place % (ulong)encrypted.Length)] ^= (byte)(damaged ? 1 : 0);
        return encrypted;
    }

    private static byte[] Row(string numbers, string payload, int times) =>
        Lines.Join(
            numbers,
            Lines.Join(
                string.Join(' ', Enumerable.Range(1, times).Select(each => each * payload.Length)),
                Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(payload, times)))
            )
        );

    /// <summary>The ends as the file has them; a word that is not a number is a stray byte.</summary>
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
            _ => OddPieces.Numbers[random.Next(OddPieces.Numbers.Length)].ToString(CultureInfo.InvariantCulture),
        };
        return string.Join(' ', words);
    }
}
