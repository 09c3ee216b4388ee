using OfflineConversions.Fuzzing.PowerCut;

namespace OfflineConversions.Server.Tests;

/// <summary>
/// When the power fails, what was not synced may be lost, in any part and order. Nothing that was promised may be. The
/// long run is a command; see docs/testing.md.
/// </summary>
public sealed class PowerCutTests
{
    private const int Histories = 400;

    [Fact]
    public async Task After_a_power_cut_at_any_write_every_event_is_where_it_was_promised_to_be()
    {
        var report = await PowerCutRun.RunAsync(Histories, seed: 4711);
        report.Histories.Should().Be(Histories);
        report.Findings.Should().BeEmpty();
    }

    [Fact]
    public void Without_syncs_the_model_loses_what_was_written()
    {
        var lost = 0;
        for (var seed = 0; seed < 100; seed++)
        {
            var folder = Directory.CreateTempSubdirectory("power-cut-");
            var disk = new PowerCutDisk();
            disk.Apply(new DiskWrite("file", DiskWriteKind.Write, 0, new byte[4096]));
            disk.WriteTo(folder.FullName, new Random(seed));
            lost += File.Exists(Path.Combine(folder.FullName, "file")) ? 0 : 1;
            folder.Delete(recursive: true);
        }

        lost.Should().BeInRange(10, 90);
    }
}
