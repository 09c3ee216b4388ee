using OfflineConversions.Conversions;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Journal;

namespace OfflineConversions.Server.Tests.Outbox;

/// <summary>The journal's lists and counts, and what an erasure leaves of it.</summary>
public abstract partial class OutboxContract
{
    [Fact]
    public async Task Outcomes_are_listed_newest_first_page_by_page_and_by_every_condition()
    {
        await NoteAsync(
            Accepted("a"),
            NotSent("b", Outcome.Ignored, "no_consent"),
            NotSent("c", Outcome.Rejected, "too_old"),
            Accepted("d", ["clock_skew", "placeholder"])
        );
        Clock.Advance(TimeSpan.FromMinutes(1));
        await NoteAsync("web", NotSent("e", Outcome.Ignored, "no_consent"));
        await NoteAsync(Accepted("a"));

        await OutcomesShouldBe(new OutcomeQuery(), "a", "e", "d", "c", "b");
        await OutcomesShouldBe(new OutcomeQuery { Connection = "web" }, "e");
        await OutcomesShouldBe(new OutcomeQuery { Outcome = Outcome.Accepted }, "d");
        await OutcomesShouldBe(new OutcomeQuery { Reason = "no_consent" }, "e", "b");
        await OutcomesShouldBe(new OutcomeQuery { Warning = "placeholder" }, "d");
        await OutcomesShouldBe(new OutcomeQuery { EventName = "Nothing" });
        await OutcomesShouldBe(new OutcomeQuery { From = Some.Now.AddSeconds(1) }, "a", "e");
        await OutcomesShouldBe(new OutcomeQuery { To = Some.Now.AddSeconds(1) }, "d", "c", "b");
        var page = await Outbox.OutcomesAsync(new OutcomeQuery(2), default);
        page.Items.Select(item => item.EventId).Should().Equal("a", "e");
        await OutcomesShouldBe(new OutcomeQuery(3) { Before = page.Next }, "d", "c", "b");
    }

    [Fact]
    public async Task Events_are_counted_by_the_hour()
    {
        await NoteAsync(
            Accepted("a"),
            Accepted("b", ["clock_skew"]),
            NotSent("c", Outcome.Rejected, "too_old"),
            NotSent("d", Outcome.Ignored, "no_consent")
        );
        await Settle(new ChunkSettlement((await Lease()).Single(), [], default, [Refused]));
        Clock.Advance(TimeSpan.FromHours(1));
        await NoteAsync(Accepted("a"), Accepted("b"));

        var counts = await Outbox.RollUpsAsync(new RollUpQuery(Some.Now, Some.Now.AddDays(1)), default);

        counts
            .Select(count => $"{count.Hour.Hour} {count.Kind} {count.Name} {count.Count}")
            .Should()
            .BeEquivalentTo(
                "12 accepted  2",
                "12 rejected too_old 1",
                "12 ignored no_consent 1",
                "12 warning clock_skew 1",
                "12 event_name Order 4",
                "12 delivered  1",
                "12 failed refused_by_meta 1",
                "13 accepted  1",
                "13 ignored duplicate 1",
                "13 event_name Order 2"
            );
        counts.Should().OnlyContain(count => count.Connection == "stores");
    }

    [Fact]
    public async Task A_connection_has_a_limited_number_of_counted_names()
    {
        EventResult[] named =
        [
            .. Enumerable
                .Range(0, EventNameLimit.Most + 5)
                .Select(i => NotSent($"{i}", Outcome.Ignored, "no_consent") with { EventName = $"name {i}" }),
            NotSent("x", Outcome.Ignored, "no_consent") with
            {
                EventName = null,
            },
        ];
        await NoteAsync(named);
        await RestartAsync();
        await NoteAsync(named);

        var counts = await Outbox.RollUpsAsync(
            new RollUpQuery(Some.Now, Some.Now.AddDays(1)) { Kinds = [RollUpKind.EventName] },
            default
        );

        counts.Should().HaveCount(EventNameLimit.Most + 2);
        counts.Single(count => count.Name == EventNameLimit.Others).Count.Should().Be(10);
        counts.Single(count => count.Name == EventNameLimit.Hidden).Count.Should().Be(2);
    }

    [Fact]
    public async Task Other_counts_are_written_with_the_arrivals()
    {
        var arrivals = new Arrivals("stores", "segment", [Accepted("a")])
        {
            Counts = _ => [new RollUpCount("coverage", "em", 3), new RollUpCount("coverage", "ph", 1)],
        };
        await Outbox.AppendAsync(EntriesOf("stores", arrivals.Events), arrivals, default);

        var counts = await Outbox.RollUpsAsync(
            new RollUpQuery(Some.Now, Some.Now.AddDays(1)) { Kinds = ["coverage"], Connection = "stores" },
            default
        );

        counts.Select(count => (count.Name, count.Count)).Should().Equal(("em", 3), ("ph", 1));
    }

    [Fact]
    public async Task An_erasure_leaves_no_id_in_clear_text_and_says_what_it_removed()
    {
        await NoteAsync(
            EventOf("a", "jane", "clock_skew"),
            EventOf("b", "john", "clock_skew"),
            NotSent("c", Outcome.Rejected, "too_old")
        );
        await NoteAsync(EventOf("d", "jane"));
        await Settle(
            new ChunkSettlement(
                (await Outbox.LeaseAsync(Everything with { MaxEvents = 1 }, default)).Single(),
                [1],
                default,
                [Refused]
            )
        );

        await EraseAsync("jane");
        await NoteAsync(EventOf("e", "jane", "clock_skew"));

        await StatesShouldBe("a Erased", "b Pending", "d Erased");
        (await Outbox.OutcomesAsync(new OutcomeQuery(), default))
            .Items.Should()
            .OnlyContain(item => item.EventId == null);
        (await OnlyAsync("e"))
            .Should()
            .BeEquivalentTo(
                new { EventId = (string?)null, Event = new { Reason = "erased", EventName = (string?)null } }
            );
        (await OnlyAsync("c")).EventId.Should().BeNull("whose id it is is not known");
    }

    [Fact]
    public async Task An_id_that_contains_an_email_address_is_kept_as_a_digest_only()
    {
        await NoteAsync(NotSent("order of jane@example.com", Outcome.Ignored, "no_consent"));

        (await OnlyAsync("order of jane@example.com")).EventId.Should().BeNull();
    }
}
