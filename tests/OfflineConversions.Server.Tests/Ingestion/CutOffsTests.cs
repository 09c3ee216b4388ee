using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using OfflineConversions.Server.Ingestion;
using OfflineConversions.Server.Tests.Delivery;

namespace OfflineConversions.Server.Tests.Ingestion;

public sealed class CutOffsTests
{
    [Fact]
    public async Task Of_many_that_are_due_at_once_a_few_are_woken_at_a_time_and_all_in_the_end()
    {
        var time = new SimulatedTime();
        var connections = Watched(new CutOffs(time), 600);
        var reads = connections.ConvertAll(connection => connection.Transport.Input.ReadAsync().AsTask());

        connections.ForEach(connection => connection.Transport.Input.CancelPendingRead());
        reads
            .Should()
            .OnlyContain(read => !read.IsCompleted, "nobody is woken on the thread that looks at the time-outs");

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
    public async Task One_that_is_due_later_is_woken_as_the_first_were()
    {
        var time = new SimulatedTime();
        var connections = Watched(new CutOffs(time), 2);
        foreach (var connection in connections)
        {
            var read = connection.Transport.Input.ReadAsync().AsTask();

            connection.Transport.Input.CancelPendingRead();
            time.JumpToNextTimer();

            (await read.WaitAsync(TimeSpan.FromSeconds(60))).IsCanceled.Should().BeTrue();
        }
    }

    [Fact]
    public async Task What_arrives_is_read_as_ever()
    {
        var pipe = new Pipe();
        var connection = Connection(pipe);
        new CutOffs(new SimulatedTime()).Watch(connection);

        await pipe.Writer.WriteAsync("hello"u8.ToArray());
        var read = await connection.Transport.Input.ReadAsync();

        Encoding.ASCII.GetString(read.Buffer.FirstSpan).Should().Be("hello");
    }

    private static List<ConnectionContext> Watched(CutOffs cutOffs, int count)
    {
        var connections = Enumerable.Range(0, count).Select(ConnectionContext (_) => Connection(new Pipe())).ToList();
        connections.ForEach(cutOffs.Watch);
        return connections;
    }

    private static DefaultConnectionContext Connection(Pipe pipe) =>
        new DefaultConnectionContext { Transport = new Duplex(pipe.Reader, pipe.Writer) };

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
