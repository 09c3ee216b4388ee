using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace OfflineConversions.Server.Tests.Ingestion;

/// <summary>Odd values in valid JSON.</summary>
public sealed class OddValueTests(OddInputService running) : IClassFixture<OddInputService>
{
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
            { "1e400", "invalid_value" },
            { "\"1e400\"", "invalid_value" },
            { "\"NaN\"", "invalid_value" },
            { "\"\\ud800\"", "invalid_value" },
            { "true", "invalid_value" },
            { "{}", "missing_value" },
            { "[1]", "invalid_value" },
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
            // Commanders Act's properties are copied only if they are scalars.
            var nothing = expected is null || (source == SourceName.CommandersAct && note[0] == '{');
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

    // Without a total, mParticle's prices are summed up, and RudderStack's page says 0.
    private static string Instead(string source) =>
        source switch
        {
            SourceName.MParticle => "1",
            SourceName.RudderStack => "0",
            _ => "missing_value",
        };

    private static string Value(ReadOnlyMemory<byte> payload) =>
        JsonElement.Parse(payload.Span).GetProperty("custom_data").GetProperty("value").GetRawText();
}
