using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Configuration;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Reading;
using OfflineConversions.Server.Configuration.Validation;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Sources;

namespace OfflineConversions.Server.Tests.Ingestion;

public sealed class SharedHeaderTests
{
    private const string Secret = "Hook 0123456789abcdef";

    // The same connections, each asking for a header of its own name besides the key.
    private static readonly string InHeaderOfItsOwn = ServiceUnderTest.FourSources.Replace(
        "\"AccessToken\"",
        $"\"SharedHeader\": {{ \"Name\": \"X-Hook\", \"Value\": \"{Secret}\" }}, \"AccessToken\"",
        StringComparison.Ordinal
    );
    private static readonly string InAuthorization = InHeaderOfItsOwn.Replace(
        "\"Name\": \"X-Hook\", ",
        string.Empty,
        StringComparison.Ordinal
    );

    public static TheoryData<string> Sources => [.. SourceName.All];

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task A_post_without_the_shared_header_is_refused_in_the_same_words_as_one_with_a_wrong_key(
        string source
    )
    {
        await using var service = await ServiceUnderTest.StartAsync(InHeaderOfItsOwn);
        var (path, key) = OddEvents.Of(source);
        async Task<string> AnswerAsync(string presented, params (string, string)[] headers)
        {
            using var answer = await service.PostAsync(
                path,
                OddEvents.Batch(source, OddEvents.Event(source)),
                presented,
                headers
            );
            return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
        }

        var wrongKey = Untraced(await AnswerAsync("no:body", ("X-Hook", Secret)));
        string[] refused =
        [
            await AnswerAsync(key),
            await AnswerAsync(key, ("X-Hook", "")),
            await AnswerAsync(key, ("X-Hook", Secret + "0")),
            await AnswerAsync(key, ("X-Hook", Secret), ("X-Hook", Secret)),
        ];

        refused.Select(Untraced).Should().OnlyContain(answer => answer == wrongKey);
        (await AnswerAsync(key, ("X-Hook", Secret))).Should().StartWith("20");
        service.Outbox.Entries.Should().ContainSingle();
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task With_the_secret_in_Authorization_as_mParticles_webhook_sends_it_the_key_stands_in_the_query(
        string source
    )
    {
        await using var service = await ServiceUnderTest.StartAsync(InAuthorization);
        var (path, key) = OddEvents.Of(source);
        var body = OddEvents.Batch(source, OddEvents.Event(source));
        var query = $"{path}?writeKey={Uri.EscapeDataString(key)}";

        using var right = await service.PostAsync(query, body, null, ("Authorization", Secret));
        using var wrong = await service.PostAsync(query, body, null, ("Authorization", Secret + "0"));
        using var missing = await service.PostAsync(query, body, null);
        using var keyless = await service.PostAsync(path, body, null, ("Authorization", Secret));

        right.IsSuccessStatusCode.Should().BeTrue();
        var refusal = source == SourceName.MParticle ? HttpStatusCode.Forbidden : HttpStatusCode.Unauthorized;
        new[] { wrong, missing, keyless }
            .Select(answer => answer.StatusCode)
            .Should()
            .OnlyContain(status => status == refusal);
    }

    // Wherever a key is presented, without the header a real one is answered as one that nobody has: status, form and
    // words.
    [Theory]
    [InlineData("/mparticle/v2/events", "mp-key:mp-secret", "query")]
    [InlineData("/segment/v1/batch", "seg-key-1", "query")]
    [InlineData("/rudderstack/v1/batch", "rud-key-1", "query")]
    [InlineData("/commandersact/events", "com-key-1", "query")]
    [InlineData("/segment/v1/batch", "seg-key-1", "bearer")]
    [InlineData("/segment/v1/batch", "seg-key-1", "body")]
    [InlineData("/v1/batch", "seg-key-1", "basic")]
    [InlineData("/v1/batch", "rud-key-1", "basic")]
    [InlineData("/v1/batch", "rud-key-1", "query")]
    public async Task Without_the_shared_header_a_real_key_cannot_be_told_from_an_unknown_one(
        string path,
        string key,
        string place
    )
    {
        await using var service = await ServiceUnderTest.StartAsync(InHeaderOfItsOwn);
        foreach (var body in new[] { "{", "[]", """{"batch":[]}""" })
        {
            (await AnswerAsync(key, body)).Should().Be(await AnswerAsync("un-known-9:mp-secret", body));
        }

        async Task<string> AnswerAsync(string presented, string body)
        {
            body = place == "body" && body == "[]" ? $$"""{"writeKey":"{{presented}}","batch":[]}""" : body;
            var query = place == "query" ? $"{path}?writeKey={Uri.EscapeDataString(presented)}" : path;
            using var answer =
                place == "bearer"
                    ? await service.SendAsync(
                        query,
                        new StringContent(body),
                        new AuthenticationHeaderValue("Bearer", presented)
                    )
                    : await service.PostAsync(query, body, place == "basic" ? presented : null);
            var text = Untraced(await answer.Content.ReadAsStringAsync());
            return $"{(int)answer.StatusCode} {answer.Content.Headers.ContentType} {text}";
        }
    }

    [Fact]
    public async Task Without_a_shared_header_a_key_in_the_query_is_none()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        using var answer = await service.PostAsync("/rudderstack/v1/batch?writeKey=rud-key-1", "[]", null);

        answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Whoever_has_the_key_alone_cannot_use_up_its_requests()
    {
        await using var service = await ServiceUnderTest.StartAsync(
            "\"Ingestion\": { \"RateLimit\": { \"RequestsPerSecond\": 1, \"Burst\": 1 } }, " + InHeaderOfItsOwn
        );
        for (var i = 0; i < 20; i++)
        {
            (await service.PostAsync("/rudderstack/v1/batch", "[]", "rud-key-1")).Dispose();
        }

        using var right = await service.PostAsync("/rudderstack/v1/batch", "[]", "rud-key-1", ("X-Hook", Secret));

        right.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("Name", "X Hook", "is not the name of a header")]
    [InlineData("Name", "X-Hook\r\nX", "is not the name of a header")]
    [InlineData("Value", "short", "must be 16 characters")]
    [InlineData("Value", " 0123456789abcdef", "must be 16 characters")]
    [InlineData("Value", "0123456789abcdéf", "must be 16 characters")]
    public void A_shared_header_that_no_request_could_carry_is_told_at_the_start_and_not_quoted(
        string setting,
        string value,
        string problem
    )
    {
        var problems = new ConfigurationProblems();
        var options = new ServiceOptions();
        new SettingsReader(problems, EventSources.All).ReadRoot(
            new ConfigurationBuilder()
                .AddInMemoryCollection([new($"Connections:a:SharedHeader:{setting}", value)])
                .Build(),
            options
        );
        new ServiceRules(problems, VendorProtocols.All).Check(options, development: true);

        problems
            .All.Single(found => found.Key == $"Connections:a:SharedHeader:{setting}")
            .Message.Should()
            .StartWith(problem)
            .And.NotContain(value);
    }

    private static string Untraced(string answer) => answer.Split("\"traceId\"")[0];
}
