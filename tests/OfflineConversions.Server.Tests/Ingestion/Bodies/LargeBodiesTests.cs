using System.Collections.Concurrent;
using OfflineConversions.Server.Ingestion.Bodies;

namespace OfflineConversions.Server.Tests.Ingestion.Bodies;

public sealed class LargeBodiesTests : IDisposable
{
    private readonly LargeBodies _large = new(TimeProvider.System);

    [Theory]
    [InlineData("[1,2]", 4)]
    [InlineData("{\"a\":[]}", 5)]
    [InlineData("\"a\"", 1)]
    public void Names_values_and_brackets_count(string json, int tokens)
    {
        LargeBodies.HoldsMore(OddEvents.Bytes(json), tokens, slice: null).Should().BeFalse();
        LargeBodies.HoldsMore(OddEvents.Bytes(json), tokens - 1, slice: null).Should().BeTrue();
    }

    [Fact]
    public async Task Large_bodies_take_turns_on_a_few_threads_that_survive_whatever_happens_there()
    {
        var threads = new HashSet<int>();
        for (var i = 0; i < 50; i++)
        {
            await FluentActions
                .Awaiting(() =>
                    _large.RunAsync<int>("stores", _ => throw new InvalidOperationException("a bug"), default)
                )
                .Should()
                .ThrowAsync<InvalidOperationException>();
            threads.Add(await _large.RunAsync("stores", _ => Environment.CurrentManagedThreadId, default));
        }

        threads.Should().HaveCountLessThanOrEqualTo(Math.Max(1, Environment.ProcessorCount / 2));
    }

    [Fact]
    public async Task The_body_of_a_caller_who_has_gone_is_not_mapped()
    {
        var mapped = false;

        await FluentActions
            .Awaiting(() => _large.RunAsync("stores", _ => mapped = true, new CancellationToken(canceled: true)))
            .Should()
            .ThrowAsync<OperationCanceledException>();

        mapped.Should().BeFalse();
    }

    [Fact]
    public async Task Who_brings_many_large_bodies_waits_for_itself_and_holds_up_nobody_else()
    {
        var done = new ConcurrentQueue<string>();
        using var first = new ManualResetEventSlim();
        var busy = Enumerable
            .Range(0, Math.Max(1, Environment.ProcessorCount / 2))
            .Select(_ => _large.RunAsync("noisy", _ => first.Wait(TimeSpan.FromMinutes(1)), default))
            .ToList();
        var noisy = Enumerable.Range(0, 50).Select(_ => _large.RunAsync("noisy", _ => Note("noisy"), default)).ToList();
        var others = new[]
        {
            _large.RunAsync("quiet", _ => Note("quiet"), default),
            _large.RunAsync(null, _ => Note("stranger"), default),
        };

        first.Set();
        await Task.WhenAll([.. busy, .. noisy, .. others]);

        done.Take(3 + busy.Count).Should().Contain(["quiet", "stranger"]);

        bool Note(string caller)
        {
            done.Enqueue(caller);
            return true;
        }
    }

    [Fact]
    public async Task Work_that_comes_after_the_end_is_refused_instead_of_waiting_for_ever()
    {
        _large.Dispose();

        await FluentActions
            .Awaiting(() => _large.RunAsync("stores", _ => true, default))
            .Should()
            .ThrowAsync<ObjectDisposedException>();
    }

    public void Dispose() => _large.Dispose();
}
