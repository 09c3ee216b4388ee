using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Tests.Outbox.Sqlite.Journal;

/// <summary>The counts of each hour.</summary>
public sealed partial class JournalFileTests
{
    [Fact]
    public async Task The_counts_of_commits_are_exact_before_and_after_they_are_joined()
    {
        for (var number = 0; number < 20; number++)
        {
            await NoteAsync(Accepted($"a{number}"), NotSent($"b{number}"));
        }

        var before = await CountsAsync();
        before.Should().Contain(count => count.Kind == RollUpKind.Accepted && count.Count == 20);
        await UpkeepAsync();
        Rows("journal_changes").Should().Be(0);
        (await CountsAsync()).Should().Equal(before);
        await NoteAsync(Accepted("c"));
        await ReopenAsync();
        (await CountsAsync()).Should().Contain(count => count.Kind == RollUpKind.Accepted && count.Count == 21);
    }

    private ValueTask<IReadOnlyList<RollUp>> CountsAsync() =>
        _outbox.RollUpsAsync(new RollUpQuery(Some.Now.AddDays(-1), Some.Now.AddDays(1)), default);
}
