using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using ZstdSharp;

namespace OfflineConversions.Server.Tests.Imports;

/// <summary>Imports over HTTP: what is accepted, counted, listed and refused.</summary>
public class ImportTests
{
    [Fact]
    public async Task A_table_becomes_events_and_the_response_counts_them()
    {
        await using var import = await ImportUnderTest.StartAsync();

        var response = await import.ImportAsync(ImportUnderTest.Orders(2500), "connection=tills&id=november");

        response.Status.Should().Be(HttpStatusCode.OK);
        response.State.Should().Be("completed");
        (response.Rows, response.Accepted, response.Ignored, response.Rejected).Should().Be((2500, 2500, 0, 0));
        response.Body.GetProperty("id").GetString().Should().Be("november");
        response.Body.GetProperty("by").GetString().Should().Be("127.0.0.1");
        response.Body.GetProperty("rowsPerSecond").GetDouble().Should().BePositive();
        import.Service.Outbox.Entries.Should().HaveCount(2500);
    }

    [Fact]
    public async Task The_same_rows_again_are_duplicates()
    {
        await using var import = await ImportUnderTest.StartAsync();
        var file = ImportUnderTest.Orders(5);
        await import.ImportAsync(file);

        var again = await import.ImportAsync(file);

        (again.Accepted, again.Ignored, again.Reason("duplicate")).Should().Be((0, 5, 5));
    }

    [Fact]
    public async Task A_dry_run_counts_and_stores_nothing()
    {
        await using var import = await ImportUnderTest.StartAsync(onDisk: true);
        var file = ImportUnderTest.Orders(4) + $"o1,{ImportUnderTest.At()},jane1@example.com,1.50,EUR\n";

        var dry = await import.ImportAsync(file, "connection=tills&dryRun=true&id=x");
        var real = await import.ImportAsync(file, "connection=tills&id=x");
        var after = await import.ImportAsync(file, "connection=tills&dryRun=true");

        dry.Body.GetProperty("dryRun").GetBoolean().Should().BeTrue();
        (dry.Rows, dry.Accepted + dry.Ignored).Should().Be((5, 5));
        (real.Accepted, real.Ignored).Should().Be((dry.Accepted, dry.Ignored));
        (after.Accepted, after.Reason("duplicate")).Should().Be((0, 5));
    }

    [Fact]
    public async Task Rejected_rows_are_listed_by_number_column_and_reason_without_their_content()
    {
        await using var import = await ImportUnderTest.StartAsync();
        var at = ImportUnderTest.At();
        var file = $"""
            order_id,event_time,email,value,currency
            1,{at},jane@example.com,5,EUR
            2,{at},jane@example.com,,EUR
            3,{at},jane@example.com,5
            4,2020-01-01 12:00,jane@example.com,5,EUR
            5,{at},,5,EUR
            6,{at},jane@example.com,5,EUR,,
            """;

        var response = await import.ImportAsync(file, "connection=tills&id=mixed");
        var rejected = await import.GetTextAsync("/api/imports/mixed/rejected");

        (response.Rows, response.Accepted, response.Rejected).Should().Be((6, 2, 4));
        rejected
            .Should()
            .Be(
                "row,column,reason\r\n3,value,missing_value\r\n4,,wrong_column_count\r\n5,event_time,too_old\r\n"
                    + "6,,insufficient_customer_information\r\n"
            );
    }

    [Fact]
    public async Task The_list_of_rejected_rows_is_limited_and_the_count_is_not()
    {
        await using var import = await ImportUnderTest.StartAsync("\"Imports\": { \"MaxRejectedRows\": 3 },");
        var file = "order_id,event_time,email,value\n" + string.Concat(Enumerable.Repeat("1,2\n", 50));

        var response = await import.ImportAsync(file, "connection=tills&id=bad");

        response.Rejected.Should().Be(50);
        (await import.GetTextAsync("/api/imports/bad/rejected")).Split("\r\n").Should().HaveCount(5);
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("gzip", false)]
    [InlineData("zstd", true)]
    [InlineData("zstd", false)]
    public async Task A_compressed_file_is_recognised_by_its_header_or_its_first_bytes(string encoding, bool named)
    {
        await using var import = await ImportUnderTest.StartAsync();
        var file = Compress(encoding, Encoding.UTF8.GetBytes(ImportUnderTest.Orders(300)));

        var response = await import.ImportAsync(file, encoding: named ? encoding : null);

        response.Accepted.Should().Be(300);
    }

    [Fact]
    public async Task Lines_of_JSON_are_read_in_the_dialect_of_the_connection()
    {
        await using var import = await ImportUnderTest.StartAsync();
        var lines = new StringBuilder();
        for (var order = 0; order < 3; order++)
        {
            var at = ImportUnderTest.At().Replace(' ', 'T');
            var message = $$$"""
                {"type":"track","event":"Order Completed","messageId":"m{{{order}}}","originalTimestamp":"{{{at}}}Z",
                "context":{"traits":{"email":"jane@example.com"}},"properties":{"revenue":5,"currency":"EUR"}}
                """;
            lines.Append(message.ReplaceLineEndings("")).Append("\r\n");
        }

        lines.Append("\n{\"type\":\"identify\",\"userId\":\"u\"}\nno json\n\"text\"\n");

        var response = await import.ImportAsync(
            lines.ToString(),
            "connection=seg&id=archive",
            "application/octet-stream"
        );

        (response.Rows, response.Accepted, response.Ignored, response.Rejected).Should().Be((6, 3, 1, 2));
        response.Reason("malformed_json").Should().Be(2);
        import.Service.Outbox.Entries.Select(entry => entry.Delivery.EventId).Should().Equal("m0", "m1", "m2");
        (await import.GetTextAsync("/api/imports/archive/rejected"))
            .Should()
            .Contain("6,,malformed_json\r\n7,,malformed_json");
    }

    [Fact]
    public async Task Lines_of_flat_JSON_are_rows_of_a_file()
    {
        await using var import = await ImportUnderTest.StartAsync();
        var at = ImportUnderTest.At();
        var lines = $$"""
            {"order_id":"1","event_time":"{{at}}","email":"jane@example.com","value":5,"sku":"a"}
            {"order_id":"1","event_time":"{{at}}","email":"jane@example.com","value":5,"sku":"b"}
            """;

        var response = await import.ImportAsync(lines, "connection=tills", "application/x-ndjson");

        (response.Rows, response.Accepted).Should().Be((2, 1));
    }

    [Fact]
    public async Task An_order_across_two_batches_is_one_event()
    {
        await using var import = await ImportUnderTest.StartAsync();
        var at = ImportUnderTest.At();
        var file = new StringBuilder(ImportUnderTest.Orders(999).Replace("\n", ",\n", StringComparison.Ordinal));
        file.Replace("currency,", "currency,sku", 0, 60);
        foreach (var sku in (string[])["a", "b", "c"])
        {
            file.Append($"last,{at},jane@example.com,9,EUR,{sku}\n");
        }

        var response = await import.ImportAsync(file.ToString());

        (response.Rows, response.Accepted).Should().Be((1002, 1000));
        Encoding
            .UTF8.GetString(import.Service.Outbox.Entries[^1].Delivery.Payload.Span)
            .Should()
            .Contain("""["a","b","c"]""");
    }

    [Theory]
    [InlineData("connection=other", "connection")]
    [InlineData("", "connection")]
    [InlineData("connection=tills&id=a b", "id")]
    [InlineData("connection=tills&id=", "id")]
    [InlineData("connection=tills&dryRun=perhaps", "dryRun")]
    public async Task A_wrong_query_is_refused_by_name(string query, string wrong)
    {
        await using var import = await ImportUnderTest.StartAsync();

        var response = await import.ImportAsync("a\n1\n", query);

        response.Status.Should().Be(HttpStatusCode.BadRequest);
        response.Body.GetProperty("errors").TryGetProperty(wrong, out _).Should().BeTrue();
    }

    [Fact]
    public async Task Without_the_operators_key_nothing_is_imported()
    {
        await using var import = await ImportUnderTest.StartAsync();

        using var response = await import.Service.Http.PostAsync(
            "/api/imports?connection=tills",
            new StringContent(ImportUnderTest.Orders(1))
        );

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        import.Service.Outbox.Entries.Should().BeEmpty();
    }

    [Fact]
    public async Task Imports_are_listed_with_who_and_when_newest_first()
    {
        await using var import = await ImportUnderTest.StartAsync();
        await import.ImportAsync(ImportUnderTest.Orders(1), "connection=tills&id=one");
        await import.ImportAsync(ImportUnderTest.Orders(2), "connection=tills&id=two");

        var first = await import.GetAsync("/api/imports?limit=1");
        var second = await import.GetAsync($"/api/imports?limit=1&cursor={first.GetProperty("next").GetString()}");

        Ids(first).Should().Equal("two");
        Ids(second).Should().Equal("one");
        second.GetProperty("next").ValueKind.Should().Be(JsonValueKind.Null);
        (await import.GetAsync("/api/imports/one")).GetProperty("rows").GetInt64().Should().Be(1);
        (await import.SendAsync(HttpMethod.Get, "/api/imports/three")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    private static IEnumerable<string?> Ids(JsonElement page) =>
        page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString());

    private static byte[] Compress(string encoding, byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (
            Stream stream =
                encoding == "gzip"
                    ? new GZipStream(compressed, CompressionMode.Compress, leaveOpen: true)
                    : new CompressionStream(compressed, leaveOpen: true)
        )
        {
            stream.Write(bytes);
        }

        return compressed.ToArray();
    }
}
