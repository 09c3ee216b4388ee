using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Sqlite;

namespace OfflineConversions.Server.Tests.Outbox.Encryption;

/// <summary>Missing and damaged keys.</summary>
public sealed partial class PayloadEncryptionTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_missing_key_stops_the_start_with_its_number_and_nothing_is_lost(bool encrypt)
    {
        await using (var outbox = Open(encrypt: true))
        {
            await FillAsync(outbox, chunks: 2);
        }

        Directory.Move(Keys, _folder.File("elsewhere"));
        var key = Path.GetFileName(Directory.GetFiles(_folder.File("elsewhere")).Should().ContainSingle().Subject);

        FluentActions
            .Invoking(() => Open(encrypt))
            .Should()
            .Throw<SettingUnusableException>()
            .WithMessage($"2 waiting and 1 failed events*{key}*Outbox:KeyDirectory*{Keys}*");

        // A folder of choice is another way to give it back.
        await using var restored = Open(encrypt, _folder.File("elsewhere"));
        (await LeaseAllAsync(restored)).Should().HaveCount(2);
    }

    [Fact]
    public async Task A_missing_key_that_no_event_needs_any_more_is_not_missed()
    {
        await using (var outbox = Open(encrypt: true))
        {
            await outbox.AppendAsync([Some.Entry("a")], default);
            await outbox.SettleAsync(
                [ChunkSettlement.Delivered((await outbox.LeaseAsync(Everything, default)).Single())],
                default
            );
        }

        Directory.Delete(Keys, recursive: true);

        await using var again = Open(encrypt: true);
        (await again.AppendAsync([Some.Entry("b")], default)).Status.Should().Be(AppendStatus.Stored);
        (await LeaseAllAsync(again)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_key_that_a_crash_left_half_written_does_not_stop_the_start()
    {
        Directory.CreateDirectory(Keys);
        await System.IO.File.WriteAllTextAsync(Path.Combine(Keys, "key-half.xml"), "<key id=");

        await using var outbox = Open(encrypt: true);

        (await outbox.AppendAsync([Some.Entry("a")], default)).Status.Should().Be(AppendStatus.Stored);
    }

    [Fact]
    public void A_folder_for_the_keys_that_cannot_be_made_stops_the_start_with_its_name()
    {
        System.IO.File.WriteAllText(_folder.File("file"), "");

        FluentActions
            .Invoking(() => Open(encrypt: true, _folder.File("file/keys")))
            .Should()
            .Throw<SettingUnusableException>()
            .WithMessage($"*Outbox:KeyDirectory*{_folder.File("file/keys")}*");
    }
}
