using Microsoft.Data.Sqlite;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Recovery;

/// <summary>An index holds no event, so damage of one costs none: not by hiding it either.</summary>
public sealed class DamagedIndexTests : IDisposable
{
    private const int PageBytes = 4096;
    private const int Chunks = 8;

    private readonly DamagedFile _file = new();

    public void Dispose() => _file.Dispose();

    [Theory]
    [InlineData("chunks_due")]
    [InlineData("chunks_age")]
    [InlineData("failed_destination")]
    [InlineData("taken_keys_expiry")]
    public async Task A_flipped_bit_in_any_byte_of_an_index_hides_no_event(string index)
    {
        await using (var outbox = _file.Open())
        {
            await DamagedFile.FillAsync(outbox, Chunks);
        }

        var intact = await File.ReadAllBytesAsync(_file.Path);
        var start = (RootOf(index) - 1) * PageBytes;
        var entries = (intact[start + 5] << 8) + intact[start + 6];
        for (var at = start + entries; at < start + PageBytes; at++)
        {
            var damaged = (byte[])intact.Clone();
            damaged[at] ^= (byte)(1 << (at % 8));
            var path = _file.File($"{at}.db");
            await File.WriteAllBytesAsync(path, damaged);

            await using var outbox = _file.Open(path);

            (await DamagedFile.LeaseAllAsync(outbox)).Should().HaveCount(Chunks, $"byte {at - start} is of an index");
            (await outbox.FailedAsync(new FailedQuery(), default)).Should().ContainSingle();
        }
    }

    private int RootOf(string index)
    {
        using var connection = new SqliteConnection($"Data Source={_file.Path};Pooling=False");
        connection.Open();
        using var root = new Statement(connection, "SELECT rootpage FROM sqlite_schema WHERE name = ?1");
        return (int)root.Bind(1, index).Scalar();
    }
}
