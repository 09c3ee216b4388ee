using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace OfflineConversions.Server.Tests.Ingestion;

/// <summary>
/// Whatever a body holds, there is one decided outcome, and what goes to Meta is valid JSON. The table for users is in
/// docs/reference/odd-input.md.
/// </summary>
public sealed class OddInputTests(OddInputTests.Service running) : IClassFixture<OddInputTests.Service>
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

    // What stands in custom_data at Meta for what stood in a property; null where it is left out.
    public static TheoryData<string, string, string?> Values =>
        new()
        {
            { "text", "\"n\"", "\"n\"" },
            { "a pair of escaped surrogates", "\"\\ud83d\\ude00\"", "\"\\ud83d\\ude00\"" },
            { "a lone escaped surrogate", "\"\\ud800\"", null },
            { "surrogates in the wrong order", "\"\\ude00\\ud83d\"", null },
            { "a lone surrogate deep inside", "{\"a\":[\"\\udfff\",\"b\"]}", "{\"a\":[\"b\"]}" },
            { "a lone surrogate in a name", "{\"\\ud800\":1,\"b\":2}", "{\"b\":2}" },
            { "a surrogate in raw UTF-8", "\"\u00ed\u00a0\u0080\"", null },
            { "bytes that are no UTF-8", "\"caf\u00e9\"", null },
            { "overlong UTF-8", "\"\u00c0\u00af\"", null },
            { "a byte order mark inside", "\"\u00ef\u00bb\u00bfa\"", "\"\u00ef\u00bb\u00bfa\"" },
            { "an escaped NUL", "\"a\\u0000b\"", "\"a\\u0000b\"" },
            { "escapes", "\"\\u0041\\/\\n\"", "\"\\u0041\\/\\n\"" },
            { "minus zero", "-0", "-0" },
            { "more than a double holds exactly", "9007199254740993", "9007199254740993" },
            { "more than a double holds", "1e400", null },
            { "more than a double holds, deep inside", "{\"a\":[-1E+999,1]}", "{\"a\":[1]}" },
            { "a small exponent", "1E-400", "1E-400" },
            { "a name twice", "{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}" },
            { "null", "null", null },
            { "nothing", "\"\"", null },
            { "an empty list", "[]", null },
            { "an empty object", "{}", null },
            { "a boolean", "true", "true" },
        };

    // The value of a Purchase, and what becomes of it: Meta's value, or the reason.
    public static TheoryData<string, string> Amounts =>
        new()
        {
            { "12.5", "12.5" },
            { "\"12.50\"", "12.50" },
            { "-0", "-0" },
            { "9007199254740993", "9007199254740993" },
            { "1e2", "1e2" },
            { "1e400", "missing_value" },
            { "\"1e400\"", "missing_value" },
            { "\"NaN\"", "missing_value" },
            { "\"\\ud800\"", "missing_value" },
            { "true", "missing_value" },
            { "{}", "missing_value" },
            { "[1]", "missing_value" },
        };

    public static TheoryData<string, byte[]> Malformed =>
        new()
        {
            { "nothing", [] },
            { "blanks", " \r\n\t "u8.ToArray() },
            { "a mark and nothing", [0xEF, 0xBB, 0xBF] },
            { "no JSON", "hello"u8.ToArray() },
            { "a form", "a=1&b=2"u8.ToArray() },
            { "an end too early", "{\"batch\":[{\"a\":"u8.ToArray() },
            { "a trailing comma", "{\"batch\":[],}"u8.ToArray() },
            { "a trailing comma in a list", "[{},]"u8.ToArray() },
            { "garbage behind", "{\"batch\":[]}x"u8.ToArray() },
            { "two bodies", "{} {}"u8.ToArray() },
            { "NUL behind", "{}\0"u8.ToArray() },
            { "a comment", "{/* c */}"u8.ToArray() },
            { "a line comment", "{} // c"u8.ToArray() },
            { "single quotes", "{'a':1}"u8.ToArray() },
            { "no quotes", "{a:1}"u8.ToArray() },
            { "NaN", "{\"a\":NaN}"u8.ToArray() },
            { "Infinity", "{\"a\":-Infinity}"u8.ToArray() },
            { "a hexadecimal number", "{\"a\":0x1F}"u8.ToArray() },
            { "a leading zero", "{\"a\":01}"u8.ToArray() },
            { "a leading plus", "{\"a\":+1}"u8.ToArray() },
            { "no digit behind the point", "{\"a\":1.}"u8.ToArray() },
            { "a raw line feed in text", "{\"a\":\"b\nc\"}"u8.ToArray() },
            { "a raw NUL in text", "{\"a\":\"b\0c\"}"u8.ToArray() },
            { "an unknown escape", "{\"a\":\"\\x41\"}"u8.ToArray() },
            { "half an escape", "{\"a\":\"\\ud8\"}"u8.ToArray() },
            { "bytes that are no UTF-8 between tokens", [(byte)'{', 0xFF, (byte)'}'] },
            { "UTF-16 with its mark", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("{\"batch\":[]}")] },
            {
                "UTF-16, big-endian, with its mark",
                [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes("{\"batch\":[]}")]
            },
            { "UTF-16 without its mark", Encoding.Unicode.GetBytes("{\"batch\":[]}") },
            { "UTF-32", [.. Encoding.UTF32.Preamble, .. Encoding.UTF32.GetBytes("{\"batch\":[]}")] },
            { "201 levels", Encoding.ASCII.GetBytes(new string('[', 201) + new string(']', 201)) },
            {
                "5,000 levels",
                Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 5000)) + "1" + new string('}', 5000))
            },
            { "5,000 levels without an end", Encoding.ASCII.GetBytes(new string('[', 5000)) },
            { "text at the top", "\"a\""u8.ToArray() },
            { "a number at the top", "1"u8.ToArray() },
            { "null at the top", "null"u8.ToArray() },
            { "true at the top", "true"u8.ToArray() },
        };

    [Theory]
    [MemberData(nameof(Values))]
    public async Task A_property_reaches_Meta_as_it_is_or_not_at_all(string what, string note, string? expected)
    {
        foreach (var source in SourceName.All)
        {
            var from = running.Stored.Count;
            var (_, outcomes) = await running.PostAsync(
                source,
                OddEvents.Batch(source, OddEvents.Event(source), OddEvents.Event(source, note), OddEvents.Event(source))
            );

            outcomes.Should().Equal(["accepted", "accepted", "accepted"], what);
            var raw = Encoding.Latin1.GetString(running.Stored[from + 1].Span);
            var at = raw.IndexOf("\"note\":", StringComparison.Ordinal);
            var nothing = expected is null || (source == SourceName.CommandersAct && note[0] == '{'); // which copies scalars only
            (at < 0 ? null : raw[(at + 7)..])
                .Should()
                .Match(
                    left =>
                        nothing ? left == null : left != null && left.StartsWith(expected!, StringComparison.Ordinal),
                    $"{what} from {source} became {raw}"
                );
        }
    }

    [Theory]
    [MemberData(nameof(Amounts))]
    public async Task A_value_is_a_finite_number_or_none(string value, string expected)
    {
        foreach (var source in SourceName.All)
        {
            var from = running.Stored.Count;
            var (_, outcomes) = await running.PostAsync(
                source,
                OddEvents.Batch(source, OddEvents.Event(source, value: value), OddEvents.Event(source))
            );

            outcomes[1].Should().Be("accepted");
            var result = outcomes[0] == "accepted" ? Value(running.Stored[from]) : outcomes[0];
            result.Should().Be(expected == "missing_value" ? Instead(source) : expected, $"{value} from {source}");
        }
    }

    // Where mParticle's total is no number its products' prices are summed up, and RudderStack's page says 0.
    private static string Instead(string source) =>
        source switch
        {
            SourceName.MParticle => "1",
            SourceName.RudderStack => "0",
            _ => "missing_value",
        };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_body_that_is_not_JSON_or_holds_no_object_is_refused_with_400_by_every_source(
        string what,
        byte[] body
    )
    {
        foreach (var source in SourceName.All)
        {
            (await running.PostAsync(source, body)).Status.Should().Be(400, $"{what} was posted to {source}");
        }
    }

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
                var changed = Places(sample).Select(place => Changed(sample, place, wrong)).ToArray();
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
        foreach (var place in Places(whole).Where(place => !place.StartsWith("$.events[0]", StringComparison.Ordinal)))
        {
            foreach (var wrong in WrongTypes)
            {
                (await running.PostAsync(SourceName.MParticle, Changed(whole, place, wrong)))
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

    private static IEnumerable<string> Places(JsonNode node) =>
        node switch
        {
            JsonObject members => members.SelectMany(member =>
                member.Value is null ? [] : Places(member.Value).Prepend(member.Value.GetPath())
            ),
            JsonArray items => items.SelectMany(item => item is null ? [] : Places(item).Prepend(item.GetPath())),
            _ => [],
        };

    private static string Changed(JsonNode sample, string place, string wrong)
    {
        var copy = sample.DeepClone();
        var all = new Stack<JsonNode>([copy]);
        while (all.TryPop(out var node))
        {
            foreach (
                var child in node switch
                {
                    JsonObject members => members.Select(member => member.Value),
                    JsonArray items => items,
                    _ => [],
                }
            )
            {
                if (child is not null && child.GetPath() == place)
                {
                    child.ReplaceWith("@wrong@");
                    return copy.ToJsonString().Replace("\"@wrong@\"", wrong, StringComparison.Ordinal);
                }

                if (child is not null)
                {
                    all.Push(child);
                }
            }
        }

        throw new InvalidOperationException(place);
    }

    private static string Value(ReadOnlyMemory<byte> payload) =>
        JsonElement.Parse(payload.Span).GetProperty("custom_data").GetProperty("value").GetRawText();

    /// <summary>One service for all of them.</summary>
    public sealed class Service : IAsyncLifetime
    {
        private ServiceUnderTest _service = null!;

        /// <summary>What was stored, in order.</summary>
        public List<ReadOnlyMemory<byte>> Stored =>
            [.. _service.Outbox.Entries.Select(entry => entry.Delivery.Payload)];

        public async Task InitializeAsync() => _service = await ServiceUnderTest.StartAsync();

        public async Task DisposeAsync() => await _service.DisposeAsync();

        public Task<(int Status, string[] Outcomes)> PostAsync(string source, string latin1) =>
            PostAsync(source, OddEvents.Bytes(latin1));

        public async Task<(int Status, string[] Outcomes)> PostAsync(string source, byte[] body)
        {
            var from = _service.Outbox.Entries.Count;
            var result = await _service.PostOddAsync(source, body);
            foreach (var payload in Stored.Skip(from))
            {
                Utf8.IsValid(payload.Span).Should().BeTrue("Meta takes no other");
                JsonNode.Parse(payload.Span)!.AsObject().Should().NotBeEmpty();
            }

            return result;
        }
    }
}
