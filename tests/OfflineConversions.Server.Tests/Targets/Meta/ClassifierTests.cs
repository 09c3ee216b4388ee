using System.Globalization;
using System.Text;
using OfflineConversions.Server.Targets.Meta;
using static OfflineConversions.Server.Targets.Meta.FailureReason;

namespace OfflineConversions.Server.Tests.Targets.Meta;

public sealed class ClassifierTests
{
    private const int Sent = 3;

    /// <summary>status, code, subcode, is_transient, verdict on three events.</summary>
    public static TheoryData<int, int, int?, bool, string> Rows()
    {
        var rows = new TheoryData<int, int, int?, bool, string>
        {
            { 400, 1, null, false, "retry stubborn" },
            { 400, 1, 99, false, "split" },
            { 400, 2, null, false, "retry" },
            { 500, 2, null, true, "retry" },
            { 400, 4, null, false, "slow " + Throttled },
            { 400, 4, 1504022, true, "slow " + Throttled },
            { 400, 4, 1504039, false, "slow " + Throttled },
            { 400, 17, 2446079, false, "slow " + Throttled },
            { 400, 17, 1885172, false, "slow " + Throttled },
            { 400, 32, null, false, "slow " + Throttled },
            { 400, 341, null, false, "slow " + Throttled },
            { 400, 368, null, false, "halt " + BlockedForPolicy + " Connection" },
            { 400, 613, null, false, "slow " + Throttled },
            { 400, 613, 1487742, false, "slow " + Throttled },
            { 400, 613, 5044001, false, "slow " + Throttled },
            { 400, 613, 1996, false, "slow " + Throttled },
            { 400, 5000, null, false, "retry stubborn" },
            { 400, 21009, null, false, "retry" },
            { 400, 100, 2044011, false, "delivered" },
            { 400, 102, null, false, "halt " + BadSignature + " Connection" },
            { 400, 104, null, false, "halt " + BadSignature + " Connection" },
            { 400, 3, null, false, "halt " + PermissionDenied + " Dataset" },
            { 403, 10, null, false, "halt " + PermissionDenied + " Dataset" },
            { 403, 200, null, false, "halt " + PermissionDenied + " Dataset" },
            { 403, 294, null, false, "halt " + PermissionDenied + " Dataset" },
            { 403, 299, null, false, "halt " + PermissionDenied + " Dataset" },
            { 400, 100, 33, false, "halt " + UnknownDataset + " Dataset" },
            { 404, 803, null, false, "halt " + UnknownDataset + " Dataset" },
            { 400, 2500, null, false, "halt " + UnknownPath + " Connection" },
            { 400, 100, null, false, "split" },
            { 400, 100, 34, false, "split" },
            { 400, 100, 38, false, "split" },
            { 400, 506, null, false, "split" },
            { 400, 100, 1815356, false, "split" },
            // The code decides, not the status.
            { 200, 100, 2804009, false, "split" },
            { 500, 100, 2804009, false, "split" },
            { 200, 190, null, false, "halt " + TokenInvalid + " Connection" },
            // is_transient outweighs the code, unless the code says slow down.
            { 400, 100, 2804009, true, "retry" },
            { 400, 190, null, true, "retry" },
            // Codes that nobody has written about.
            { 400, 987654, null, false, "retry stubborn" },
            { 503, 987654, null, false, "retry" },
            { 408, 987654, null, false, "retry" },
            { 400, 987654, null, true, "retry" },
            { 400, 0, null, false, "retry stubborn" },
            { 400, 79999, null, false, "retry stubborn" },
            { 400, 80015, null, false, "retry stubborn" },
            { 429, 987654, null, false, "slow " + Throttled },
            { 401, 987654, null, false, "halt " + TokenInvalid + " Connection" },
        };
        for (var code = 80000; code <= 80014; code++)
        {
            rows.Add(400, code, null, false, "slow " + Throttled);
        }

        foreach (var subcode in new int?[] { null, 458, 459, 460, 463, 464, 467, 492 })
        {
            rows.Add(401, 190, subcode, false, "halt " + TokenInvalid + " Connection");
        }

        foreach (
            var subcode in new[]
            {
                2804001,
                2804003,
                2804004,
                2804007,
                2804008,
                2804011,
                2804009,
                2804010,
                2804016,
                2804017,
                2804019,
                2804023,
                2804030,
                2804036,
                2804043,
                2804048,
                2804050,
                2804063,
                2804064,
                2804066,
                2804069,
                2804071,
                2804079,
                2804087,
                2804116,
                2804117,
                2804131,
                2804132,
            }
        )
        {
            rows.Add(400, 100, subcode, false, "split");
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_code_that_Meta_is_known_to_answer_has_its_verdict(
        int status,
        int code,
        int? subcode,
        bool transient,
        string verdict
    )
    {
        var answer = new GraphAnswer { Status = status, Error = new GraphError(code, subcode, transient) };

        Say(Classifier.Classify(answer, Sent)).Should().Be(verdict);
    }

    /// <summary>As it comes over the wire: what it says, whatever its status promises.</summary>
    [Theory]
    [InlineData(200, """{"events_received":3,"messages":[],"fbtrace_id":"A"}""", "delivered")]
    [InlineData(200, """{"id":"1","num_processed_entries":3}""", "delivered")]
    [InlineData(200, """{"events_received":2,"messages":[]}""", "split")]
    [InlineData(200, """{"success":true}""", "retry stubborn")]
    [InlineData(200, """{"error":{"code":190,"error_subcode":463}}""", "halt token_invalid Connection")]
    [InlineData(200, """{"events_received":3,"error":{"code":100,"error_subcode":2804019}}""", "split")]
    [InlineData(200, """{"error":{}}""", "retry stubborn")]
    [InlineData(200, """{"error":"no"}""", "retry stubborn")]
    [InlineData(200, """{"events_received":3,"messa""", "retry stubborn")]
    [InlineData(200, "", "retry stubborn")]
    [InlineData(200, "null", "retry stubborn")]
    [InlineData(200, "<html><body>Sign in to the hotel's network</body></html>", "retry stubborn")]
    [InlineData(400, "<html><body>Bad request</body></html>", "retry")]
    [InlineData(400, """{"error":{"code":100,"error_subc""", "retry")]
    [InlineData(400, """{"error":{"message":"…","code":"190"}}""", "halt token_invalid Connection")]
    [InlineData(
        400,
        """{"error_code":190,"error_msg":"expired","error_subcode":463}""",
        "halt token_invalid Connection"
    )]
    [InlineData(401, "<html><body>The proxy wants a password</body></html>", "retry")]
    [InlineData(403, "", "retry")]
    [InlineData(429, "<html><body>Too many requests</body></html>", "slow throttled_by_meta")]
    [InlineData(500, """{"error":{"code":1,"is_transient":false}}""", "retry stubborn")]
    [InlineData(502, "<html><body>Bad gateway</body></html>", "retry")]
    [InlineData(503, """{"error":{"code":2,"is_transient":true}}""", "retry")]
    public void Any_answer_that_may_come_has_its_verdict(int status, string body, string verdict)
    {
        using var response = new HttpResponseMessage();

        Say(
                Classifier.Classify(
                    GraphAnswerReader.Read(
                        status,
                        response.Headers,
                        Encoding.UTF8.GetBytes(body),
                        DateTimeOffset.UnixEpoch
                    ),
                    Sent
                )
            )
            .Should()
            .Be(verdict);
    }

    [Theory]
    [InlineData(200, 3L, "delivered")]
    [InlineData(200, 2L, "split")]
    [InlineData(200, 0L, "retry stubborn")]
    [InlineData(200, 4L, "retry stubborn")]
    [InlineData(200, null, "retry stubborn")]
    [InlineData(301, null, "retry")]
    [InlineData(400, null, "retry")]
    [InlineData(404, null, "retry")]
    [InlineData(408, null, "retry")]
    [InlineData(413, null, "split")]
    [InlineData(429, null, "slow throttled_by_meta")]
    [InlineData(500, null, "retry")]
    [InlineData(502, null, "retry")]
    [InlineData(503, 3L, "retry")]
    public void An_answer_without_an_error_code_is_judged_by_status_and_count(
        int status,
        long? received,
        string verdict
    ) => Say(Classifier.Classify(new GraphAnswer { Status = status, Received = received }, Sent)).Should().Be(verdict);

    [Theory]
    [InlineData(nameof(Transport.NeverSent), "retry")]
    [InlineData(nameof(Transport.InDoubt), "retry")]
    [InlineData(nameof(Transport.CircuitOpen), "slow meta_unreachable")]
    public void No_answer_is_a_reason_to_try_again(string transport, string verdict) =>
        Say(Classifier.Classify(GraphAnswer.None(Enum.Parse<Transport>(transport)), Sent)).Should().Be(verdict);

    [Theory]
    [InlineData(400, 100, 2804009, "bury refused_by_meta")]
    [InlineData(400, 1, 99, "bury refused_by_meta")]
    [InlineData(400, 100, 33, "halt unknown_dataset Dataset")]
    [InlineData(400, 1, null, "retry stubborn")]
    public void A_refused_event_that_stands_alone_is_buried(int status, int code, int? subcode, string verdict) =>
        Say(Classifier.Classify(new GraphAnswer { Status = status, Error = new GraphError(code, subcode) }, 1))
            .Should()
            .Be(verdict);

    [Fact]
    public void A_single_event_that_is_too_large_is_buried() =>
        Say(Classifier.Classify(new GraphAnswer { Status = 413 }, 1)).Should().Be("bury " + TooLarge);

    [Fact]
    public void The_wait_that_Meta_asks_for_is_part_of_the_verdict()
    {
        var wait = TimeSpan.FromMinutes(7);

        Classifier
            .Classify(
                new GraphAnswer
                {
                    Status = 400,
                    Error = new GraphError(80004),
                    Wait = wait,
                },
                Sent
            )
            .Should()
            .Be(new Verdict.Retry(wait, Throttled));
        Classifier.Classify(new GraphAnswer { Status = 503, Wait = wait }, Sent).Should().Be(new Verdict.Retry(wait));
    }

    private static string Say(Verdict verdict) =>
        verdict switch
        {
            Verdict.Delivered => "delivered",
            Verdict.Split => "split",
            Verdict.Bury bury => "bury " + bury.Reason,
            Verdict.Halt halt => string.Create(CultureInfo.InvariantCulture, $"halt {halt.Reason} {halt.Scope}"),
            Verdict.Retry { Slow: { } slow } => "slow " + slow,
            Verdict.Retry { Stubborn: true } => "retry stubborn",
            _ => "retry",
        };
}
