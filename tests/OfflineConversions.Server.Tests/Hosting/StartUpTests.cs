using System.Diagnostics;

namespace OfflineConversions.Server.Tests.Hosting;

public sealed class StartUpTests
{
    [Fact]
    public async Task A_host_without_Unicode_tables_is_refused_before_a_name_is_hashed_wrongly()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "--urls", "http://127.0.0.1:0"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";

        using var service = Process.Start(start)!;
        var errors = await service.StandardError.ReadToEndAsync();
        await service.WaitForExitAsync();

        service.ExitCode.Should().Be(1);
        errors.Should().Contain("Unicode tables").And.Contain("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT");
    }
}
