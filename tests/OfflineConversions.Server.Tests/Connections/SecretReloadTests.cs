using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Configuration.Secrets;
using OfflineConversions.Server.Connections;
using OfflineConversions.Server.Ingestion.Protocols;
using OfflineConversions.Server.Tests.Acceptance;
using OfflineConversions.Server.Tests.Delivery;
using OfflineConversions.Server.Tests.Outbox;

namespace OfflineConversions.Server.Tests.Connections;

/// <summary>Secrets in files that change under a running process.</summary>
public sealed class SecretReloadTests : ChangingConfiguration
{
    [Fact]
    public async Task A_mounted_secret_is_exchanged_by_turning_a_link()
    {
        // As Kubernetes mounts a secret: a link in the folder leads through a second link, which alone is turned.
        Mount("v1", "first-key\n");
        File.CreateSymbolicLink(Folder.File("..data"), "v1");
        File.CreateSymbolicLink(Folder.File("keys"), "..data/keys");
        await StartAsync(
            $$"""
            "Connections": { "stores": { "Source": "Segment", "WriteKeysFile": "{{Folder.File("keys")}}",
              "AccessToken": "t0ken" } }
            """
        );

        Mount("v2", "first-key\nsecond-key\n");
        File.Delete(Folder.File("..data"));
        File.CreateSymbolicLink(Folder.File("..data"), "v2");
        await LookAsync();

        Registry.Current.Keys.Find("second-key").Should().NotBeNull();
        Log.Lines.Should()
            .ContainSingle()
            .Which.Text.Should()
            .EndWith("Connections:stores:WriteKeys: *** (1) → *** (2)");
    }

    [Fact]
    public async Task A_secret_file_that_is_named_before_it_is_there_is_taken_once_it_comes()
    {
        await StartAsync(Shop);

        await ChangeAsync(
            Shop.Replace(
                "\"AccessToken\": \"t0ken\", \"BatchSize\"",
                $"\"AccessTokenFile\": \"{Folder.File("token")}\", \"BatchSize\"",
                StringComparison.Ordinal
            )
        );
        Registry.Find("stores")!.Options.AccessToken!.Reveal().Should().Be("t0ken");
        await File.WriteAllTextAsync(Folder.File("token"), "fixed\n");
        await LookAsync();

        Registry.Find("stores")!.Options.AccessToken!.Reveal().Should().Be("fixed");
        Log.Lines.Select(line => line.Level).Should().Equal(LogLevel.Error, LogLevel.Information);
    }

    [Fact]
    public async Task No_path_ends_the_looking_even_one_that_no_file_can_have()
    {
        await StartAsync(Shop);

        await ChangeAsync(Named($"{Folder.File("token")}\\u0000"));
        await ChangeAsync(Named(new string('x', 100_000)));
        await ChangeAsync(
            Shop.Replace(
                "\"AccessToken\": \"t0ken\", \"BatchSize\"",
                "\"AccessToken\": \"fixed\", \"BatchSize\"",
                StringComparison.Ordinal
            )
        );

        Registry.Find("stores")!.Options.AccessToken!.Reveal().Should().Be("fixed");
        Log.Lines.Select(line => line.Level).Should().Equal(LogLevel.Error, LogLevel.Error, LogLevel.Information);
    }

    [PosixFact]
    public async Task A_pipe_a_device_and_a_file_without_end_are_refused_unread()
    {
        await StartAsync(Shop);
        using (var made = Process.Start("mkfifo", Folder.File("pipe")))
        {
            await made.WaitForExitAsync();
        }

        await using (var endless = File.Create(Folder.File("endless")))
        {
            endless.SetLength(1L << 35);
        }

        await ChangeAsync(Named(Folder.File("pipe")));
        await ChangeAsync(Named("/dev/zero"));
        await ChangeAsync(Named(Folder.File("endless")));
        File.Delete(Folder.File("settings.json"));
        File.CreateSymbolicLink(Folder.File("settings.json"), Folder.File("endless"));
        await LookAsync();
        File.Delete(Folder.File("settings.json"));
        File.CreateSymbolicLink(Folder.File("settings.json"), "/dev/zero");
        await LookAsync();

        Registry.Find("stores")!.Options.AccessToken!.Reveal().Should().Be("t0ken");
        Log.Lines.Should().OnlyContain(line => line.Level == LogLevel.Error).And.HaveCount(5);
        Log.Lines[0].Text.Should().EndWith($"names {Folder.File("pipe")}, which is empty, or not a regular file");
        Log.Lines[1].Text.Should().EndWith("names /dev/zero, which is empty, or not a regular file");
        Log.Lines[2].Text.Should().EndWith($"names {Folder.File("endless")}, which is larger than 64 KiB");
        Log.Lines[3].Text.Should().EndWith($"{Folder.File("settings.json")} is larger than 16384 KiB");
        Log.Lines[4].Text.Should().EndWith($"{Folder.File("settings.json")} is empty, or not a regular file");
    }

    [Fact]
    public async Task A_rotated_password_of_the_database_needs_no_restart_and_another_host_does()
    {
        await DatabaseAsync("Host=db1;Username=sales;Password=before");
        await StartAsync(
            Shop.Replace(
                "\"Path\": \"one.db\"",
                $"\"Provider\": \"PostgreSql\", \"ConnectionStringFile\": \"{Folder.File("database")}\"",
                StringComparison.Ordinal
            )
        );

        await DatabaseAsync("Host=db1;Username=sales;Password=after");
        await LookAsync();
        await DatabaseAsync("Host=db2;Username=sales;Password=after");
        await LookAsync();

        Log.Lines.Select(line => line.Text[(line.Text.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
            .Should()
            .Equal("Outbox:ConnectionString:Password: *** → ***", "Outbox:ConnectionString: *** → ***");
        Log.Lines.Select(line => line.Level).Should().Equal(LogLevel.Information, LogLevel.Warning);
    }

    private Task DatabaseAsync(string text) => File.WriteAllTextAsync(Folder.File("database"), text + "\n");

    private static string Named(string tokenFile) =>
        Shop.Replace(
            "\"AccessToken\": \"t0ken\", \"BatchSize\"",
            $"\"AccessTokenFile\": \"{tokenFile}\", \"BatchSize\"",
            StringComparison.Ordinal
        );

    private void Mount(string version, string keys)
    {
        Directory.CreateDirectory(Folder.File(version));
        File.WriteAllText(Path.Combine(Folder.File(version), "keys"), keys);
    }
}
