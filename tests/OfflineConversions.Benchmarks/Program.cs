using OfflineConversions.Benchmarks;

// What is measured and how to read it: docs/performance.md
switch (args.FirstOrDefault())
{
    case "mapping":
        Mapping.Run();
        return 0;
    case "intake":
        await Intake.RunAsync(TimeSpan.FromSeconds(args.Length > 1 && int.TryParse(args[1], out var seconds) ? seconds : 3), args.Contains("encrypted"));
        return 0;
    case "encryption":
        Encryption.Run();
        return 0;
    case "erasure":
        await Erasing.RunAsync(args.Length > 1 && int.TryParse(args[1], out var events) ? events : 1_000_000, args.Contains("encrypted"));
        return 0;
    case "border":
        await Border.RunAsync(TimeSpan.FromSeconds(args.Length > 1 && int.TryParse(args[1], out var each) ? each : 10));
        return 0;
    default:
        Console.Error.WriteLine("usage: mapping | intake [seconds per measurement, default 3] [encrypted] | encryption | erasure [stored events, default 1000000] [encrypted] | border [seconds per measurement, default 10]");
        return 1;
}
