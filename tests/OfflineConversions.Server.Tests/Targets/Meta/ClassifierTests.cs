using System.Globalization;
using System.Text;
using OfflineConversions.Server.Targets.Meta;
using static OfflineConversions.Server.Targets.Meta.DeliveryReason;

namespace OfflineConversions.Server.Tests.Targets.Meta;

public sealed class ClassifierTests
{
    private const int Sent = 3;

    /// <summary>Meta's subcodes of code 100 for a fault in one event.</summary>
    private const string SubcodesOfOneEvent =
        "2804001 2804003 2804004 2804007 2804008 2804011 2804009 2804010 2804016 2804017 "
        + "2804019 2804023 2804030 2804036 2804043 2804048 2804050 2804063 2804064 2804066 "
        + "2804069 2804071 2804079 2804087 2804116 2804117 2804131 2804132";

    /// <summary>status, code, subcode, is_transient, the next step for three events.</summary>
    public static TheoryData<int, int, int?, bool, string> Rows()
    {
        var rows = new TheoryData<int, int, int?, bool, string>
        {
            { 400, 1, null, false, "retry, cause unknown" },
            { 400, 1, 99, false, "bisect" },
            { 400, 2, null, false, "retry" },
            { 500, 2, null, true, "retry" },
            { 400, 4, null, false, "slow down " + Throttled },
            { 400, 4, 1504022, true, "slow down " + Throttled },
            { 400, 4, 1504039, false, "slow down " + Throttled },
            { 400, 17, 2446079, false, "slow down " + Throttled },
            { 400, 17, 1885172, false, "slow down " + Throttled },
            { 400, 32, null, false, "slow down " + Throttled },
            { 400, 341, null, false, "slow down " + Throttled },
            { 400, 368, null, false, "halt " + BlockedForPolicy + " Connection" },
            { 400, 613, null, false, "slow down " + Throttled },
            { 400, 613, 1487742, false, "slow down " + Throttled },
            { 400, 613, 5044001, false, "slow down " + Throttled },
            { 400, 613, 1996, false, "slow down " + Throttled },
            { 400, 5000, null, false, "retry, cause unknown" },
            { 400, 21009, null, false, "retry" },
            { 400, 100, 2044011, false, "complete" },
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
            { 400, 100, null, false, "bisect" },
            { 400, 100, 34, false, "bisect" },
            { 400, 100, 38, false, "bisect" },
            { 400, 506, null, false, "bisect" },
            { 400, 100, 1815356, false, "bisect" },
            // The code decides, not the status.
            { 200, 100, 2804009, false, "bisect" },
            { 500, 100, 2804009, false, "bisect" },
            { 200, 190, null, false, "halt " + TokenInvalid + " Connection" },
            // is_transient overrides the code, unless the code means throttling.
            { 400, 100, 2804009, true, "retry" },
            { 400, 190, null, true, "retry" },
            // Undocumented codes.
            { 400, 987654, null, false, "retry, cause unknown" },
            { 503, 987654, null, false, "retry" },
            { 408, 987654, null, false, "retry" },
            { 400, 987654, null, true, "retry" },
            { 400, 0, null, false, "retry, cause unknown" },
            { 400, 79999, null, false, "retry, cause unknown" },
            { 400, 80015, null, false, "retry, cause unknown" },
            { 429, 987654, null, false, "slow down " + Throttled },
            { 401, 987654, null, false, "halt " + TokenInvalid + " Connection" },
        };
        for (var code = 80000; code <= 80014; code++)
        {
            rows.Add(400, code, null, false, "slow down " + Throttled);
        }

        foreach (var subcode in new int?[] { null, 458, 459, 460, 463, 464, 467, 492 })
        {
            rows.Add(401, 190, subcode, false, "halt " + TokenInvalid + " Connection");
        }

        foreach (var subcode in SubcodesOfOneEvent.Split(' '))
        {
            rows.Add(400, 100, int.Parse(subcode, CultureInfo.InvariantCulture), false, "bisect");
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_known_code_of_Meta_has_its_next_step(
        int status,
        int code,
        int? subcode,
        bool transient,
        string nextStep
    )
    {
        var response = new GraphResponse { Status = status, Error = new GraphError(code, subcode, transient) };

        Text(Classifier.Classify(response, Sent)).Should().Be(nextStep);
    }

    /// <summary>Responses as they arrive: the body decides, regardless of the status.</summary>
    [Theory]
    [InlineData(200, """{"events_received":3,"messages":[],"fbtrace_id":"A"}""", "complete")]
    [InlineData(200, """{"id":"1","num_processed_entries":3}""", "complete")]
    [InlineData(200, """{"events_received":2,"messages":[]}""", "bisect")]
    [InlineData(200, """{"success":true}""", "retry, cause unknown")]
    [InlineData(200, """{"error":{"code":190,"error_subcode":463}}""", "halt token_invalid Connection")]
    [InlineData(200, """{"events_received":3,"error":{"code":100,"error_subcode":2804019}}""", "bisect")]
    [InlineData(200, """{"error":{}}""", "retry, cause unknown")]
    [InlineData(200, """{"error":"no"}""", "retry, cause unknown")]
    [InlineData(200, """{"events_received":3,"messa""", "retry, cause unknown")]
    [InlineData(200, "", "retry, cause unknown")]
    [InlineData(200, "null", "retry, cause unknown")]
    [InlineData(200, "<html><body>Sign in to the hotel's network</body></html>", "retry, cause unknown")]
    [InlineData(400, "<html><body>Bad request</body></html>", "retry")]
    [InlineData(400, """{"error":{"code":100,"error_subc""", "retry")]
    [InlineData(400, """{"error":{"message":"…","code":"190"}}""", "halt token_invalid Connection")]
    [InlineData(
        400,
        """{"error_code":190,"error_msg":"expired","error_subcode":463}""",
        "halt token_invalid Connection"
    )]
    [InlineData(401, "<html><body>The proxy needs a password</body></html>", "retry")]
    [InlineData(403, "", "retry")]
    [InlineData(429, "<html><body>Too many requests</body></html>", "slow down throttled_by_meta")]
    [InlineData(500, """{"error":{"code":1,"is_transient":false}}""", "retry, cause unknown")]
    [InlineData(502, "<html><body>Bad gateway</body></html>", "retry")]
    [InlineData(503, """{"error":{"code":2,"is_transient":true}}""", "retry")]
    public void Any_response_has_its_next_step(int status, string body, string nextStep)
    {
        using var response = new HttpResponseMessage();

        Text(
                Classifier.Classify(
                    GraphResponseReader.Read(
                        status,
                        response.Headers,
                        Encoding.UTF8.GetBytes(body),
                        DateTimeOffset.UnixEpoch
                    ),
                    Sent
                )
            )
            .Should()
            .Be(nextStep);
    }

    [Theory]
    [InlineData(200, 3L, "complete")]
    [InlineData(200, 2L, "bisect")]
    [InlineData(200, 0L, "retry, cause unknown")]
    [InlineData(200, 4L, "retry, cause unknown")]
    [InlineData(200, null, "retry, cause unknown")]
    [InlineData(301, null, "retry")]
    [InlineData(400, null, "retry")]
    [InlineData(404, null, "retry")]
    [InlineData(408, null, "retry")]
    [InlineData(413, null, "bisect")]
    [InlineData(429, null, "slow down throttled_by_meta")]
    [InlineData(500, null, "retry")]
    [InlineData(502, null, "retry")]
    [InlineData(503, 3L, "retry")]
    public void A_response_without_an_error_code_is_classified_by_status_and_count(
        int status,
        long? received,
        string nextStep
    ) =>
        Text(Classifier.Classify(new GraphResponse { Status = status, Received = received }, Sent))
            .Should()
            .Be(nextStep);

    [Theory]
    [InlineData(nameof(Transport.NeverSent), "retry")]
    [InlineData(nameof(Transport.InDoubt), "retry")]
    [InlineData(nameof(Transport.CircuitOpen), "slow down meta_unreachable")]
    public void A_request_without_a_response_is_sent_again(string transport, string nextStep) =>
        Text(Classifier.Classify(GraphResponse.None(Enum.Parse<Transport>(transport)), Sent)).Should().Be(nextStep);

    [Theory]
    [InlineData(400, 100, 2804009, "bury refused_by_meta")]
    [InlineData(400, 1, 99, "bury refused_by_meta")]
    [InlineData(400, 100, 33, "halt unknown_dataset Dataset")]
    [InlineData(400, 1, null, "retry, cause unknown")]
    public void A_refused_event_that_was_sent_alone_is_buried(int status, int code, int? subcode, string nextStep) =>
        Text(Classifier.Classify(new GraphResponse { Status = status, Error = new GraphError(code, subcode) }, 1))
            .Should()
            .Be(nextStep);

    [Fact]
    public void A_single_event_that_is_too_large_is_buried() =>
        Text(Classifier.Classify(new GraphResponse { Status = 413 }, 1)).Should().Be("bury " + TooLarge);

    [Fact]
    public void The_wait_that_Meta_asks_for_is_part_of_the_next_step()
    {
        var wait = TimeSpan.FromMinutes(7);

        Classifier
            .Classify(
                new GraphResponse
                {
                    Status = 400,
                    Error = new GraphError(80004),
                    Wait = wait,
                },
                Sent
            )
            .Should()
            .Be(new NextStep.Retry(wait, Throttled));
        Classifier
            .Classify(new GraphResponse { Status = 503, Wait = wait }, Sent)
            .Should()
            .Be(new NextStep.Retry(wait));
    }

    private static string Text(NextStep step) =>
        step switch
        {
            NextStep.Complete => "complete",
            NextStep.Bisect => "bisect",
            NextStep.Bury bury => "bury " + bury.Reason,
            NextStep.Halt halt => string.Create(CultureInfo.InvariantCulture, $"halt {halt.Reason} {halt.Level}"),
            NextStep.Retry { SlowDown: { } slow } => "slow down " + slow,
            NextStep.Retry { CauseIsUnknown: true } => "retry, cause unknown",
            _ => "retry",
        };
}
