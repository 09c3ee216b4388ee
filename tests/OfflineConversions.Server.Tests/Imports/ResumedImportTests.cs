using System.Net;
using System.Reflection;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Imports;
using OfflineConversions.Server.Imports.Reading;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Tests.Acceptance;

namespace OfflineConversions.Server.Tests.Imports;

/// <summary>An interrupted import continues after the last row that is on disk.</summary>
public class ResumedImportTests
{
    [Fact]
    public async Task The_same_file_under_the_same_id_continues_even_where_repeats_are_allowed()
    {
        await using var import = await ImportUnderTest.StartAsync(onDisk: true);
        var orders = ImportUnderTest.Orders(5000);
        await InterruptAsync(import, orders, "twice");
        var before = (await import.GetAsync("/api/imports/big")).GetProperty("rows").GetInt64();

        var resumed = await import.ImportAsync(orders, "connection=twice&id=big");

        before.Should().BePositive().And.BeLessThan(5000);
        (resumed.State, resumed.Rows, resumed.Accepted).Should().Be(("completed", 5000, 5000));
        (await LedgerAsync(import, "twice")).Should().Be(5000);
    }

    [Fact]
    public async Task An_import_whose_end_can_be_seen_may_be_sent_again_at_once()
    {
        await using var import = await ImportUnderTest.StartAsync(onDisk: true);
        var services = import.Service.Services;
        var store = DispatchProxy.Create<IImportStore, StoreWithSlowFind>();
        ((StoreWithSlowFind)store).Inner = services.GetRequiredService<IImportStore>();
        var orders = ImportUnderTest.Orders(10);
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(orders));
        var connection = services.GetRequiredService<ConnectionRegistry>().Find("tills")!;
        var first = ActivatorUtilities
            .CreateInstance<FileImports>(services, store)
            .RunAsync(connection, new("big", "tills", false, ""), file, new("text/csv", null), CancellationToken.None);
        await RunningImportTests.Eventually(async () =>
            (await import.GetAsync("/api/imports/big")).TryGetProperty("state", out var state)
            && state.GetString() == "completed"
        );

        var again = await import.ImportAsync(orders, "connection=tills&id=big");

        again.Status.Should().Be(HttpStatusCode.OK);
        ((StoreWithSlowFind)store).Continue.SetResult();
        (await first).Status.Should().Be(ImportStatus.Ended);
        (await import.ImportAsync(orders, "connection=tills&id=big")).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Another_file_under_the_id_is_refused_and_changes_nothing()
    {
        await using var import = await ImportUnderTest.StartAsync(onDisk: true);
        await InterruptAsync(import, ImportUnderTest.Orders(5000), "twice");

        var other = await import.ImportAsync(ImportUnderTest.Orders(5000, "p"), "connection=twice&id=big");
        var shorter = await import.ImportAsync(ImportUnderTest.Orders(1), "connection=twice&id=big");

        other.Status.Should().Be(HttpStatusCode.Conflict);
        shorter.Status.Should().Be(HttpStatusCode.Conflict);
        (await import.GetAsync("/api/imports/big")).GetProperty("state").GetString().Should().Be("interrupted");
    }

    [Fact]
    public async Task A_completed_import_sent_again_stores_nothing_more()
    {
        await using var import = await ImportUnderTest.StartAsync(onDisk: true);
        var orders = ImportUnderTest.Orders(1200);
        await import.ImportAsync(orders, "connection=twice&id=big");

        var again = await import.ImportAsync(orders, "connection=twice&id=big");

        (again.State, again.Rows, again.Accepted).Should().Be(("completed", 1200, 1200));
        (await LedgerAsync(import, "twice")).Should().Be(1200);
    }

    [Fact]
    public async Task The_id_of_another_connection_or_of_an_import_is_refused()
    {
        await using var import = await ImportUnderTest.StartAsync(onDisk: true);
        await import.ImportAsync(ImportUnderTest.Orders(1), "connection=twice&id=big");

        (await import.ImportAsync(ImportUnderTest.Orders(1), "connection=tills&id=big"))
            .Status.Should()
            .Be(HttpStatusCode.Conflict);
        (await import.ImportAsync(ImportUnderTest.Orders(1), "connection=twice&id=big&dryRun=true"))
            .Status.Should()
            .Be(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_file_that_stops_arriving_is_interrupted_after_a_while()
    {
        await using var import = await ImportUnderTest.StartAsync("\"Imports\": { \"IdleTimeout\": \"00:00:01\" },");
        // HttpClient reads no response before it has sent the whole file.
        using var connection = await RawConnection.OpenAsync(import.Service.Http.BaseAddress!);

        await connection.SendAsync(
            Encoding.UTF8.GetBytes(
                $"""
                POST /api/imports?connection=tills&id=idle HTTP/1.1
                Host: shop.example
                Authorization: Bearer {ImportUnderTest.Key}
                Content-Type: text/csv
                Content-Length: 1000

                {ImportUnderTest.Orders(3)}
                """.ReplaceLineEndings("\r\n")
            )
        );

        connection.Read().Status.Should().Be(408);
        (await import.GetAsync("/api/imports/idle")).GetProperty("state").GetString().Should().Be("interrupted");
    }

    private static async Task InterruptAsync(ImportUnderTest import, string file, string connection)
    {
        using var slow = new SlowFile(file);
        var importing = import.ImportAsync(slow, $"connection={connection}&id=big");
        await RunningImportTests.Eventually(async () =>
            (await import.GetAsync("/api/imports/big")).TryGetProperty("rows", out var rows) && rows.GetInt64() > 1000
        );
        slow.Break();
        await ((Func<Task>)(() => importing)).Should().ThrowAsync<HttpRequestException>();
        await RunningImportTests.Eventually(async () =>
            (await import.GetAsync("/api/imports/big")).GetProperty("state").GetString() == "interrupted"
        );
    }

    private static async Task<long> LedgerAsync(ImportUnderTest import, string connection) =>
        (await import.GetAsync("/api/ledger"))
            .EnumerateArray()
            .Single(line => line.GetProperty("connection").GetString() == connection)
            .GetProperty("accepted")
            .GetInt64();

    /// <summary>A store that takes its time to find an import, which is what follows the end of one.</summary>
    public class StoreWithSlowFind : DispatchProxy
    {
        internal IImportStore Inner { get; set; } = null!;

        internal TaskCompletionSource Continue { get; } = new();

#pragma warning disable CA2012 // The caller of the proxy awaits it.
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == nameof(IImportStore.FindImportAsync)
                ? FindAsync((string)args![0]!)
                : targetMethod.Invoke(Inner, args);
#pragma warning restore CA2012

        private async ValueTask<ImportRecord?> FindAsync(string id)
        {
            await Continue.Task;
            return await Inner.FindImportAsync(id, CancellationToken.None);
        }
    }
}
