using System.Globalization;
using System.Text;
using System.Text.Json;
using OfflineConversions.Targets.Meta.Responses;
using static OfflineConversions.Targets.Meta.Responses.DeliveryReason;

namespace OfflineConversions.Tests.Targets.Meta.Responses;

/// <summary>Messages, bodies and statuses beside the codes.</summary>
public sealed partial class ClassifierTests
{
    /// <summary>The texts of Meta and its imitators under one code with several meanings.</summary>
    [Theory]
    [InlineData("(#100) Missing Permission", "halt permission_denied Dataset")]
    [InlineData("(#100) missing permissions", "halt permission_denied Dataset")]
    [InlineData("(#100) Object does not exist or missing permissions", "halt permission_denied Dataset")]
    [InlineData("(#100) Requires ads_management permission to manage the object", "halt permission_denied Dataset")]
    [InlineData("(#100) The token does not have the required permission", "halt permission_denied Dataset")]
    [InlineData("(#100) Insufficient permissions for this dataset", "halt permission_denied Dataset")]
    [InlineData("Permission denied", "halt permission_denied Dataset")]
    [InlineData("Invalid parameter", "bisect")]
    [InlineData("(#100) param data must be non-empty", "bisect")]
    [InlineData("(#100) Param permission_level must be one of {a, b}", "bisect")]
    [InlineData("(#100) Param $['data'][0]['custom_data']['no'] needs a permission", "bisect")]
    [InlineData("(#100) You are calling a deprecated version of the Ads API", "halt unsupported_version Connection")]
    [InlineData("(#100) Version v19.0 is deprecated", "halt unsupported_version Connection")]
    [InlineData("(#100) version v12.0 is no longer supported", "halt unsupported_version Connection")]
    public void The_message_of_code_100_without_a_subcode_distinguishes_a_missing_permission_from_a_bad_parameter(
        string message,
        string nextStep
    )
    {
        foreach (var status in new[] { 200, 400, 403, 500 })
        {
            Text(Classify(status, 100, subcode: null, message)).Should().Be(nextStep);
        }
    }

    [Theory]
    [InlineData(100, 2804019)]
    [InlineData(100, 1815356)]
    public void With_a_subcode_the_message_about_a_permission_is_ignored(int code, int subcode) =>
        Text(Classify(400, code, subcode, "(#100) Missing Permission")).Should().Be("bisect");

    [Theory]
    [InlineData(2635)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(10)]
    [InlineData(190)]
    [InlineData(200)]
    [InlineData(2500)]
    public void A_deprecated_version_is_recognised_under_any_code(int code)
    {
        foreach (var status in new[] { 400, 500 })
        {
            Text(
                    Classify(
                        status,
                        code,
                        subcode: null,
                        $"(#{code}) You are calling a deprecated version of the Ads API. Please update to v24.0."
                    )
                )
                .Should()
                .Be("halt unsupported_version Connection");
        }
    }

    [Theory]
    [InlineData(
        """{"error":{"code":100,"error_user_title":"Missing Permission","error_user_msg":"Missing Permission"}}"""
    )]
    [InlineData("""{"error":{"code":100,"error_user_msg":"You are calling a deprecated version"}}""")]
    public void The_localised_texts_are_never_evaluated(string body) =>
        Text(Classifier.Classify(Read(400, body), Sent)).Should().Be("bisect");

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
                    GraphResponse.Read(
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
    [InlineData(400, 1, 99, "retry, cause unknown")]
    [InlineData(500, 1, 99, "retry, cause unknown")]
    [InlineData(400, 100, 33, "halt unknown_dataset Dataset")]
    [InlineData(400, 1, null, "retry, cause unknown")]
    public void A_refused_event_that_was_sent_alone_is_buried(int status, int code, int? subcode, string nextStep) =>
        Text(Classifier.Classify(new GraphResponse { Status = status, Error = new GraphError(code, subcode) }, 1))
            .Should()
            .Be(nextStep);

    [Fact]
    public void A_single_event_that_Meta_refuses_as_too_large_is_buried() =>
        Text(Classifier.Classify(new GraphResponse { Status = 413, TraceId = "A" }, 1)).Should().Be("bury " + TooLarge);

    [Theory]
    [InlineData("<html>Request Entity Too Large</html>")]
    [InlineData("")]
    [InlineData("""{"message":"Request size limit exceeded"}""")]
    [InlineData("""{"error":"too large"}""")]
    [InlineData("""{"error":{"message":"too large"}}""")]
    [InlineData("""{"error":{"code":413,"message":"too large"}}""")]
    public void A_gateways_413_makes_a_batch_smaller_and_never_buries_an_event(string body)
    {
        var response = Read(413, body);

        Text(Classifier.Classify(response, Sent)).Should().Be("bisect");
        Text(Classifier.Classify(response, 1)).Should().Be("retry, cause unknown");
        Classifier.IsOutage(response).Should().BeFalse();
    }

    [Fact]
    public void A_missing_permission_halts_even_if_Meta_calls_it_transient() =>
        Text(
                Classifier.Classify(
                    Read(400, """{"error":{"code":100,"is_transient":true,"message":"(#100) Missing Permission"}}"""),
                    Sent
                )
            )
            .Should()
            .Be("halt permission_denied Dataset");

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
}
