using System.Net;

namespace OfflineConversions.Server.Tests.Imports;

/// <summary>What an import does while its file arrives.</summary>
public class RunningImportTests
{
    [Fact]
    public async Task An_import_waits_while_the_outbox_is_full()
    {
        await using var import = await ImportUnderTest.StartAsync();
        import.Service.Outbox.UnavailableFor = TimeSpan.FromMilliseconds(50);

        var importing = import.ImportAsync(ImportUnderTest.Orders(3));
        await Task.Delay(300);
        importing.IsCompleted.Should().BeFalse();
        import.Service.Outbox.UnavailableFor = null;

        (await importing).Accepted.Should().Be(3);
    }

    [Fact]
    public async Task An_import_can_be_cancelled_while_its_file_arrives()
    {
        await using var import = await ImportUnderTest.StartAsync();
        using var file = new SlowFile(ImportUnderTest.Orders(1500));
        var importing = import.ImportAsync(file, "connection=tills&id=slow");
        await Eventually(async () =>
            (await import.GetAsync("/api/imports/slow")).TryGetProperty("rows", out var rows) && rows.GetInt64() > 0
        );
        (await import.ImportAsync("a\n1\n", "connection=tills&id=slow")).Status.Should().Be(HttpStatusCode.Conflict);

        using var cancelled = await import.SendAsync(HttpMethod.Post, "/api/imports/slow/cancel");

        (await cancelled.Content.ReadAsStringAsync()).Should().Contain("\"cancelled\"");
        file.Finish();
        var response = await importing;
        response.State.Should().Be("cancelled");
        response.Accepted.Should().Be(import.Service.Outbox.Entries.Count);
    }

    [Fact]
    public async Task The_limits_of_ingestion_do_not_apply_to_a_file()
    {
        await using var import = await ImportUnderTest.StartAsync(
            "\"Ingestion\": { \"MaxBodyBytes\": 1024, \"MaxEventsPerBody\": 10 },"
        );

        (await import.ImportAsync(ImportUnderTest.Orders(2000))).Accepted.Should().Be(2000);
    }

    internal static async Task Eventually(Func<Task<bool>> condition)
    {
        for (var attempt = 0; attempt < 600; attempt++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException("It did not happen within half a minute.");
    }
}
