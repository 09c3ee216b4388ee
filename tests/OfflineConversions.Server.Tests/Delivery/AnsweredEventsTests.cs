using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Tests.Targets.Meta;

namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>Each settlement says what Meta answered, so that the journal can say it of each event.</summary>
public sealed class AnsweredEventsTests : IAsyncLifetime
{
    private DeliveryHarness _harness = null!;

    public async Task InitializeAsync() => _harness = await DeliveryHarness.CreateAsync();

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task A_delivered_chunk_has_one_answer_for_all_of_its_events()
    {
        _harness.Store(100);

        await _harness.RunUntilEmptyAsync();

        var settled = _harness.Outbox.Settlements.Should().ContainSingle().Subject;
        settled.Accepted.Should().Equal(new AcceptedRun(0, 100, new MetaAnswer(Code: null, TraceId: "T1")));
        settled.LastAnswer.Should().BeNull();
    }

    [Fact]
    public async Task Every_accepted_event_of_a_bisected_batch_has_an_answer()
    {
        _harness.Refuse(3, 61);
        _harness.Store(100);

        await _harness.RunUntilEmptyAsync();

        var settled = _harness.Outbox.Settlements.Should().ContainSingle().Subject;
        Enumerable
            .Range(0, 100)
            .Where(index => settled.Accepted.Any(run => index >= run.Start && index < run.Start + run.Count))
            .Should()
            .Contain(Enumerable.Range(0, 100).Except([3, 61]));
        settled.Accepted.Should().OnlyContain(run => run.Answer.TraceId == "T1");
        settled.Accepted.Should().HaveCountLessThan(20, "there is one for each request, not for each event");
    }

    [Theory]
    [InlineData(4, null)]
    [InlineData(2, null)]
    [InlineData(190, 463)]
    [InlineData(100, 33)]
    public async Task An_event_that_has_to_wait_has_the_answer(int code, int? subcode)
    {
        _harness.Graph.Otherwise = _ => Scripted.Error(code, subcode, transient: code == 2);
        _harness.Store(3);

        await _harness.StartAsync();
        await _harness.UntilAsync(() => _harness.Outbox.Settlements.Count > 0);

        var settled = _harness.Outbox.Settlements[0];
        settled.Keep.Should().Equal(0, 1, 2);
        settled.Accepted.Should().BeEmpty();
        settled
            .LastAnswer.Should()
            .BeEquivalentTo(
                new
                {
                    Code = code,
                    Subcode = subcode,
                    TraceId = "T2",
                }
            );
    }

    [Fact]
    public async Task Events_that_are_kept_because_too_many_were_refused_have_the_refusal()
    {
        _harness.Graph.Otherwise = _ => Scripted.Error(100, 2804009);
        _harness.Store(300);

        await _harness.StartAsync();
        await _harness.UntilAsync(() => _harness.Outbox.Settlements.Count > 0);

        _harness.Outbox.Settlements[0].LastAnswer!.Subcode.Should().Be(2804009);
    }

    [Fact]
    public async Task No_response_is_no_answer()
    {
        _harness.Graph.Otherwise = _ => Scripted.Down();
        _harness.Store(3);

        await _harness.StartAsync();
        await _harness.UntilAsync(() => _harness.Outbox.Settlements.Count > 0);

        _harness.Outbox.Settlements[0].LastAnswer.Should().BeNull();
    }
}
