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
    public void Names_values_and_brackets_each_count_as_a_token(string json, int tokens)
    {
        BodyLimits.HasMoreTokens(OddEvents.Bytes(json), tokens, slice: null).Should().BeFalse();
        BodyLimits.HasMoreTokens(OddEvents.Bytes(json), tokens - 1, slice: null).Should().BeTrue();
    }

    [Fact]
    public async Task Large_bodies_run_on_a_few_threads_that_survive_every_exception()
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
    public async Task The_body_of_a_disconnected_client_is_not_mapped()
    {
        var mapped = false;

        await FluentActions
            .Awaiting(() => _large.RunAsync("stores", _ => mapped = true, new CancellationToken(canceled: true)))
            .Should()
            .ThrowAsync<OperationCanceledException>();

        mapped.Should().BeFalse();
    }

    [Fact]
    public async Task A_caller_with_many_large_bodies_delays_only_itself()
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
            _large.RunAsync(null, _ => Note("unauthenticated"), default),
        };

        first.Set();
        await Task.WhenAll([.. busy, .. noisy, .. others]);

        done.Take(3 + busy.Count).Should().Contain(["quiet", "unauthenticated"]);

        bool Note(string caller)
        {
            done.Enqueue(caller);
            return true;
        }
    }

    [Fact]
    public async Task Work_added_after_disposal_is_refused_instead_of_waiting_forever()
    {
        _large.Dispose();

        await FluentActions
            .Awaiting(() => _large.RunAsync("stores", _ => true, default))
            .Should()
            .ThrowAsync<ObjectDisposedException>();
    }

    public void Dispose() => _large.Dispose();
}
