using OfflineConversions.Benchmarks;
using OfflineConversions.Benchmarks.Border;
using OfflineConversions.Benchmarks.Reporting;

if (await HostileProcess.TryRunAsync(args))
{
    return 0;
}

var arguments = args.ToList();
var json = Take("--json");
if (Command.All.FirstOrDefault(command => command.Name == arguments.FirstOrDefault()) is not { } command)
{
    var asked = arguments.FirstOrDefault() is "--help" or "-h" or "help";
    await (asked ? Console.Out : Console.Error).WriteLineAsync(Command.Help);
    return asked ? 0 : 1;
}

var report = new Report(string.Join(' ', arguments));
await command.RunAsync(arguments[1..], report);
if (json is not null)
{
    report.Write(json);
}

return 0;

string? Take(string option)
{
    var at = arguments.IndexOf(option);
    if (at < 0 || at + 1 == arguments.Count)
    {
        return null;
    }

    var value = arguments[at + 1];
    arguments.RemoveRange(at, 2);
    return value;
}
