using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using OfflineConversions.Server.Ingestion.Kestrel;
using OfflineConversions.Server.Tests.Delivery;

namespace OfflineConversions.Server.Tests.Ingestion.Kestrel;

public sealed class StaggeredTimeoutsTests
{
    [Fact]
    public async Task Timeouts_that_are_due_together_are_processed_a_few_at_a_time_until_all_are_done()
    {
        var time = new JumpingTime();
        var connections = Watched(new StaggeredTimeouts(time), 600);
        var reads = connections.ConvertAll(connection => connection.Transport.Input.ReadAsync().AsTask());

        connections.ForEach(connection => connection.Transport.Input.CancelPendingRead());
        reads.Should().OnlyContain(read => !read.IsCompleted, "none is woken on the thread that checks the timeouts");

        time.JumpToNextTimer();
        await Wait.UntilAsync(() => Woken() > 0);
        Woken().Should().BeLessThanOrEqualTo(10);

        await Wait.UntilAsync(() =>
        {
            time.JumpToNextTimer();
            return Woken() == reads.Count;
        });
        var woken = await Task.WhenAll(reads);
        woken.Should().OnlyContain(read => read.IsCanceled);

        int Woken() => reads.Count(read => read.IsCompleted);
    }

    [Fact]
    public async Task A_later_timeout_is_processed_like_the_first_ones()
    {
        var time = new JumpingTime();
        var connections = Watched(new StaggeredTimeouts(time), 2);
        foreach (var connection in connections)
        {
            var read = connection.Transport.Input.ReadAsync().AsTask();

            connection.Transport.Input.CancelPendingRead();
            time.JumpToNextTimer();

            (await read.WaitAsync(TimeSpan.FromSeconds(60))).IsCanceled.Should().BeTrue();
        }
    }

    [Fact]
    public async Task Received_bytes_are_read_as_usual()
    {
        var pipe = new Pipe();
        var connection = Connection(pipe);
        new StaggeredTimeouts(new JumpingTime()).Watch(connection);

        await pipe.Writer.WriteAsync("hello"u8.ToArray());
        var read = await connection.Transport.Input.ReadAsync();

        Encoding.ASCII.GetString(read.Buffer.FirstSpan).Should().Be("hello");
    }

    private static List<ConnectionContext> Watched(StaggeredTimeouts timeouts, int count)
    {
        var connections = Enumerable.Range(0, count).Select(ConnectionContext (_) => Connection(new Pipe())).ToList();
        connections.ForEach(timeouts.Watch);
        return connections;
    }

    private static DefaultConnectionContext Connection(Pipe pipe) =>
        new DefaultConnectionContext { Transport = new Duplex(pipe.Reader, pipe.Writer) };

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
