namespace OfflineConversions.Server.Tests.Ingestion.Kestrel;

public sealed class BodyGuardTests
{
    private const string Event = """
        [{"event_name":"Lead","event_time":1795262400,"action_source":"website","user_data":{"external_id":["u"],
        "client_user_agent":"UA"}}]
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_endpoint_that_replaces_the_body_reads_what_it_put_there(bool isMultipart)
    {
        await using var service = await ServiceUnderTest.StartAsync(
            "\"Sandbox\": { \"Enabled\": true }, " + ServiceUnderTest.FourSources
        );
        using HttpContent form = isMultipart
            ? new MultipartFormDataContent
            {
                { new StringContent("secret"), "access_token" },
                { new StringContent(Event), "data" },
            }
            : new FormUrlEncodedContent([new("access_token", "secret"), new("data", Event)]);

        using var response = await service.Http.PostAsync("/v27.0/123/events", form);

        // The sandbox copies the body before it lets the framework read the form.
        (await response.Content.ReadAsStringAsync())
            .Should()
            .NotContain("Cannot parse access token")
            .And.NotContain("neither a JSON object nor a form");
    }
}
