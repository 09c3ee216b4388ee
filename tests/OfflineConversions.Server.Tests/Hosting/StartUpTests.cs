using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Hosting;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Tests.Ingestion;
using OfflineConversions.Server.Tests.Outbox;

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

    [Fact]
    public async Task A_started_service_keeps_no_reference_to_the_text_of_a_key()
    {
        using var folder = new TemporaryFolder();
        using var errors = new StringWriter();
        var (starting, keys) = Start(folder, errors);
        var app = await starting;
        errors.ToString().Should().BeEmpty();
        await using (app)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
            GC.WaitForPendingFinalizers();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);

            keys.Select(key => key.IsAlive).Should().AllBeEquivalentTo(false);
        }
    }

    [Fact]
    public void No_configuration_file_is_watched_because_the_watcher_would_see_each_commit_of_the_outbox()
    {
        var (builder, _) = StartUp.Read(["--environment", "Development"], VendorProtocols.All, TextWriter.Null)!;

        var files = ((IConfigurationBuilder)builder.Configuration).Sources.OfType<FileConfigurationSource>().ToList();
        files.Should().NotBeEmpty();
        files.Should().OnlyContain(file => !file.ReloadOnChange);
    }

    // Not inlined, so that no register of the test refers to the options.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (Task<WebApplication?> Starting, WeakReference[] Keys) Start(
        TemporaryFolder folder,
        TextWriter errors
    )
    {
        var file = folder.File("settings.json");
        File.WriteAllText(
            file,
            $$"""
            { "Logging": { "LogLevel": { "Default": "Error" } }, "Admin": { "ApiKey": "the-operators-key" },
              "Outbox": { "Path": "{{folder.File("outbox.db")}}" }, {{ServiceUnderTest.FourSources}} }
            """
        );
        var (builder, options) = StartUp.Read(
            ["--config", file, "--urls", "http://127.0.0.1:0"],
            VendorProtocols.All,
            errors
        )!;
        WeakReference[] keys =
        [
            new(options),
            new(options.Admin),
            new(options.Admin.ApiKey),
            .. options.Connections.Values.SelectMany(connection =>
                connection.WriteKeys.Select(key => new WeakReference(key)).Append(new WeakReference(connection))
            ),
        ];
        return (StartUp.StartAsync(() => Program.Build(builder, options, VendorProtocols.All), errors), keys);
    }
}
