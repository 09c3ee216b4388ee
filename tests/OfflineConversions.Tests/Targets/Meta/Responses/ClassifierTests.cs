using System.Globalization;
using System.Text;
using System.Text.Json;
using OfflineConversions.Targets.Meta.Responses;
using static OfflineConversions.Targets.Meta.Responses.DeliveryReason;

namespace OfflineConversions.Tests.Targets.Meta.Responses;

public sealed partial class ClassifierTests
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
            { 400, 1, 99, false, "retry, cause unknown" },
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
            // is_transient overrides the code, unless the code means throttling or a wrong setting.
            { 400, 100, 2804009, true, "retry" },
            { 400, 506, null, true, "retry" },
            { 400, 1, null, true, "retry" },
            { 400, 190, null, true, "halt " + TokenInvalid + " Connection" },
            { 400, 190, 463, true, "halt " + TokenInvalid + " Connection" },
            { 400, 102, null, true, "halt " + BadSignature + " Connection" },
            { 400, 104, null, true, "halt " + BadSignature + " Connection" },
            { 400, 368, null, true, "halt " + BlockedForPolicy + " Connection" },
            { 400, 2500, null, true, "halt " + UnknownPath + " Connection" },
            { 400, 2635, null, true, "halt " + UnsupportedVersion + " Connection" },
            { 403, 3, null, true, "halt " + PermissionDenied + " Dataset" },
            { 403, 10, null, true, "halt " + PermissionDenied + " Dataset" },
            { 403, 200, null, true, "halt " + PermissionDenied + " Dataset" },
            { 403, 299, null, true, "halt " + PermissionDenied + " Dataset" },
            { 400, 100, 33, true, "halt " + UnknownDataset + " Dataset" },
            { 404, 803, null, true, "halt " + UnknownDataset + " Dataset" },
            // Undocumented codes.
            { 400, 987654, null, false, "retry, cause unknown" },
            { 503, 987654, null, false, "retry, cause unknown" },
            { 408, 987654, null, false, "retry, cause unknown" },
            { 500, 0, null, false, "retry" },
            { 408, 0, null, false, "retry" },
            { 400, 2635, null, false, "halt " + UnsupportedVersion + " Connection" },
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
        var meaning = ErrorMeanings.Of(code, subcode, message: null);
        var error = new GraphError(code, subcode, transient) { Meaning = meaning };
        var response = new GraphResponse { Status = status, Error = error };

        Text(Classifier.Classify(response, Sent)).Should().Be(nextStep);
    }

    /// <summary>Meta sends many of its errors under 4xx at one time and under 5xx at another.</summary>
    [Theory]
    [MemberData(nameof(Rows))]
    public void A_code_has_the_same_next_step_and_the_same_quick_retries_under_any_status(
        int status,
        int code,
        int? subcode,
        bool transient,
        string nextStep
    )
    {
        // Without a code, and for 429 and 401 with an unknown code, the status is all there is.
        if (code == 0 || status is 429 || (status is 401 && code == 987654))
        {
            return;
        }

        var error = new GraphError(code, subcode, transient)
        {
            Meaning = ErrorMeanings.Of(code, subcode, message: null),
        };
        GraphResponse[] responses =
        [
            .. new[] { 200, 400, 403, 404, 408, 500, 502, 503, 504 }.Select(other => new GraphResponse
            {
                Status = other,
                Error = error,
            }),
        ];

        responses.Select(response => Text(Classifier.Classify(response, Sent))).Should().AllBe(nextStep);
        responses.Select(Classifier.IsOutage).Should().AllBeEquivalentTo(nextStep == "retry");
    }

    [Theory]
    [InlineData(500, "", true)]
    [InlineData(503, "<html>Bad gateway</html>", true)]
    [InlineData(200, "<!DOCTYPE html><html>Sign in</html>", false)]
    [InlineData(403, " \n<html>Blocked</html>", false)]
    [InlineData(500, """{"error":{"message":"…"}}""", true)]
    [InlineData(400, "", false)]
    [InlineData(404, "no such page", false)]
    [InlineData(413, "<html>Too large</html>", false)]
    [InlineData(429, "<html>Too many</html>", false)]
    [InlineData(200, """{"events_received":3}""", false)]
    [InlineData(200, """{"events_received":2}""", false)]
    [InlineData(500, """{"error":{"code":190}}""", false)]
    [InlineData(500, """{"error":{"code":17}}""", false)]
    [InlineData(400, """{"error":{"code":2}}""", true)]
    [InlineData(400, """{"error":{"code":100,"is_transient":true}}""", true)]
    [InlineData(400, """{"error":{"code":17,"is_transient":true}}""", false)]
    public void Quick_retries_and_the_circuit_breaker_are_for_outages_only(int status, string body, bool isOutage) =>
        Classifier.IsOutage(Read(status, body)).Should().Be(isOutage);

    private static NextStep Classify(int status, int code, int? subcode, string message) =>
        Classifier.Classify(
            Read(
                status,
                JsonSerializer.Serialize(
                    new
                    {
                        error = new
                        {
                            code,
                            error_subcode = subcode,
                            message,
                        },
                    }
                )
            ),
            Sent
        );

    private static GraphResponse Read(int status, string body)
    {
        using var response = new HttpResponseMessage();
        return GraphResponse.Read(status, response.Headers, Encoding.UTF8.GetBytes(body), DateTimeOffset.UnixEpoch);
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
