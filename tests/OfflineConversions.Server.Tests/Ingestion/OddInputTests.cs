using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace OfflineConversions.Server.Tests.Ingestion;

/// <summary>
/// Whatever a body holds, there is one decided outcome, and what goes to Meta is valid JSON. The table for users is in
/// docs/reference/odd-input.md.
/// </summary>
public sealed class OddInputTests(OddInputService running) : IClassFixture<OddInputService>
{
    private static readonly string[] WrongTypes =
    [
        "\"text\"",
        "\"\"",
        "7",
        "-0",
        "1e400",
        "true",
        "null",
        "[]",
        "[[\"a\"],{},null]",
        "{}",
        "{\"a\":[1]}",
        "\"\\ud800\"",
        "\"\u00ff\"",
    ];

    public static TheoryData<string> Sources => [.. SourceName.All];

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task What_is_odd_but_JSON_is_taken(string source)
    {
        var batch = OddEvents.Batch(source, OddEvents.Event(source));
        var list = source == SourceName.MParticle ? "events" : "batch";
        string[] bodies =
        [
            "\u00ef\u00bb\u00bf" + batch,
            $" \r\n\t{batch}\n ",
            batch.Insert(1, $"\"{list}\":7,"),
            batch.Insert(1, $"\"{list}\":[{{}},{{}},{{}}],"),
            batch.Replace($"\"{list}\"", $"\"\\u00{(int)list[0]:x2}{list[1..]}\"", StringComparison.Ordinal),
            batch.Insert(1, "\"\\ud800\":{},"),
            batch.Insert(1, "\"\u00ff\":1,"),
            batch.Insert(1, $"\"{new string('k', 100_000)}\":1,"),
            batch.Insert(1, string.Concat(Enumerable.Range(0, 10_000).Select(number => $"\"k{number}\":{number},"))),
            batch.Insert(1, $"\"deep\":{new string('[', 199)}{new string(']', 199)},"),
            batch.Insert(1, $"\"digits\":{new string('9', 1_000_000)},"),
            batch.Insert(1, $"\"digits\":0.{new string('9', 1_000_000)}e-9999999999999,"),
            batch.Insert(1, $"\"text\":\"{new string('x', 3_000_000)}\","),
        ];
        foreach (var body in bodies)
        {
            var fresh = body.Replace("odd-", $"odd-{Guid.NewGuid():N}-", StringComparison.Ordinal);
            (await running.PostAsync(source, fresh))
                .Outcomes.Should()
                .Equal(["accepted"], body[..Math.Min(100, body.Length)]);
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task A_bad_event_in_a_batch_costs_only_itself(string source)
    {
        string[] events =
        [
            OddEvents.Event(source),
            "7",
            OddEvents.Event(source),
            "null",
            "\"\\ud800\"",
            "[]",
            "{}",
            "{\"\\ud800\":\"\u00ff\"}",
            OddEvents.Event(source, email: "\"zo\u00eb@example.com\""),
            OddEvents.Event(source, email: "{\"a\":[]}"),
            OddEvents.Event(source, note: "\"\u00ff\\udc00\""),
            OddEvents.Event(source),
        ];
        var (_, outcomes) = await running.PostAsync(source, OddEvents.Batch(source, events));

        outcomes.Should().HaveCount(events.Length);
        int[] good = [0, 2, 8, 9, 10, 11];
        good.Select(at => outcomes[at]).Should().OnlyContain(outcome => outcome == "accepted");
        Enumerable.Range(0, events.Length).Except(good).Select(at => outcomes[at]).Should().NotContain("accepted");
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task Any_field_may_be_of_any_type_and_costs_at_most_its_own_event(string source)
    {
        foreach (var sample in new[] { Sample(source), JsonNode.Parse(OddEvents.Event(source))! })
        {
            foreach (var wrong in WrongTypes)
            {
                var changed = sample.Places().Select(place => sample.Changed(place, wrong)).ToArray();
                var (status, outcomes) = await running.PostAsync(
                    source,
                    OddEvents.Batch(source, [OddEvents.Event(source), .. changed, OddEvents.Event(source)])
                );

                status.Should().BeLessThan(300, wrong);
                outcomes.Should().HaveCount(changed.Length + 2);
                new[] { outcomes[0], outcomes[^1] }.Should().Equal("accepted", "accepted");
            }
        }
    }

    [Fact]
    public async Task Around_mParticles_events_any_field_may_be_of_any_type()
    {
        var whole = JsonNode.Parse(OddEvents.Batch(SourceName.MParticle, OddEvents.Event(SourceName.MParticle)))!;
        whole["device_info"] = new JsonObject { ["platform"] = "out_of_band", ["ios_advertising_id"] = "x" };
        whole["ccpa"] = JsonNode.Parse("""{"data_sale_opt_out":{"consented":true}}""");
        whole["deleted_user_attributes"] = new JsonArray("$City");
        foreach (var place in whole.Places().Where(place => !place.StartsWith("$.events[0]", StringComparison.Ordinal)))
        {
            foreach (var wrong in WrongTypes)
            {
                (await running.PostAsync(SourceName.MParticle, whole.Changed(place, wrong)))
                    .Status.Should()
                    .Be(202, $"{place} was {wrong}");
            }
        }
    }

    private static JsonNode Sample(string source)
    {
        var sample = JsonNode.Parse(
            ServiceUnderTest.Sample(
                source,
                source switch
                {
                    SourceName.MParticle => "/v2/events",
                    SourceName.CommandersAct => "/events",
                    _ => "/v1/track",
                }
            )
        )!;
        return source == SourceName.MParticle ? sample["events"]![0]!.DeepClone() : sample;
    }
}
