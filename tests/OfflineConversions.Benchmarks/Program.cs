using OfflineConversions.Benchmarks;

// What is measured and how to read it: docs/records/performance.md
switch (args.FirstOrDefault())
{
    case "mapping":
        Mapping.Run();
        return 0;
    case "intake":
        await Intake.RunAsync(
            TimeSpan.FromSeconds(args.Length > 1 && int.TryParse(args[1], out var seconds) ? seconds : 3),
            args.Contains("encrypted")
        );
        return 0;
    case "encryption":
        Encryption.Run();
        return 0;
    case "erasure":
        await Erasing.RunAsync(
            args.Length > 1 && int.TryParse(args[1], out var events) ? events : 1_000_000,
            args.Contains("encrypted")
        );
        return 0;
    case "border":
        await Border.RunAsync(
            TimeSpan.FromSeconds(args.Length > 1 && int.TryParse(args[1], out var each) ? each : 10),
            args.FirstOrDefault(argument => Border.Companies.Contains(argument))
        );
        return 0;
    // What border starts as processes of their own.
    case "slow-sockets" when args.Length > 1 && int.TryParse(args[1], out var port):
        await BadCompany.RunAsync(inputEnded =>
            Task.FromResult(SlowSockets.Hold(port, Border.SlowSocketCount, inputEnded))
        );
        return 0;
    case "nasty-bodies" when args.Length > 1 && int.TryParse(args[1], out var port):
        await BadCompany.RunAsync(inputEnded => NastyBodies.StreamAsync(port, inputEnded));
        return 0;
    case "nasty-elsewhere":
        await BadCompany.RunAsync(NastyBodies.StreamElsewhereAsync);
        return 0;
    default:
        Console.Error.WriteLine(
            "usage: mapping | intake [seconds per measurement, default 3] [encrypted] | encryption | erasure [stored events, default 1000000] [encrypted] | border [seconds per measurement, default 10] [slow-sockets | nasty-bodies | nasty-elsewhere]"
        );
        return 1;
}
