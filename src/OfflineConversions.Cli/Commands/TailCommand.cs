using System.ComponentModel;
using OfflineConversions.Cli.Completion;
using OfflineConversions.Cli.Output;
using OfflineConversions.Cli.Service;
using Spectre.Console;
using Spectre.Console.Cli;

namespace OfflineConversions.Cli.Commands;

/// <summary><c>tail</c>: what happens right now, until Ctrl+C.</summary>
internal sealed class TailCommand(Terminal terminal) : ServiceCommand<TailCommand.Settings>(terminal)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    internal sealed class Settings : ServiceSettings
    {
        /// <summary>The only connection to watch.</summary>
        [CommandOption("-c|--connection <NAME>")]
        [Description("Only this connection")]
        public string? Connection { get; init; }

        /// <summary>The only outcome to watch.</summary>
        [CommandOption("--outcome <OUTCOME>")]
        [Description("Only events with this outcome, and no deliveries: accepted, ignored or rejected")]
        [Values("accepted", "ignored", "rejected")]
        public string? Outcome { get; init; }

        /// <summary>After how many messages to end.</summary>
        [CommandOption("-n|--max <COUNT>")]
        [Description("End after so many messages")]
        public long? Max { get; init; }

        public override ValidationResult Validate() =>
            Max is < 1 ? ValidationResult.Error("--max must be 1 or more.") : base.Validate();
    }

    protected override async Task<Failure?> RunAsync(
        ServiceClient service,
        Settings settings,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        var route = Described.Route("/api/tail", ("connection", settings.Connection), ("outcome", settings.Outcome));
        var left = settings.Max ?? long.MaxValue;
        var wait = FirstWait;
        var wasOpen = false;
        while (true)
        {
            var opened = await service.OpenAsync(route, cancellationToken);
            if (opened.Failure is { } failure)
            {
                if (!wasOpen || failure.Code is not (ExitCode.Unreachable or ExitCode.Unavailable))
                {
                    return failure;
                }

                screen.Note($"{failure.Message} Trying again.");
                await Task.Delay(wait, Terminal.Time, cancellationToken);
                wait = wait * 2 > LongestWait ? LongestWait : wait * 2;
                continue;
            }

            screen.Note(
                wasOpen ? "Watching again. What happened meanwhile is not shown." : "Watching. Ctrl+C ends it."
            );
            (wasOpen, wait) = (true, FirstWait);
            await using var stream = opened.Value;
            await foreach (var message in EventStream.ReadAsync(stream, Terminal.Time, cancellationToken))
            {
                Show(screen, message);
                if (--left == 0)
                {
                    return null;
                }
            }

            screen.Note("The service closed the connection.");
            await Task.Delay(wait, Terminal.Time, cancellationToken);
        }
    }

    private static void Show(Screen screen, StreamMessage message)
    {
        if (screen.IsJson)
        {
            screen.Json(new { Event = message.Name, message.Data });
        }
        else if (message.Name == "outcome")
        {
            var one = message.Data.As<OutcomeLine>();
            var why = string.Join(", ", new[] { one.Reason }.OfType<string>().Concat(one.Warnings));
            screen.Line(
                $"{Words.TimeOf(one.At)}  {one.Outcome.PadRight(9)} {one.Connection}  {SafeText.Of(one.EventName)}  "
                    + $"{SafeText.Of(one.EventId)}{(why.Length > 0 ? $"  {why}" : "")}"
            );
        }
        else if (message.Name == "delivery")
        {
            var one = message.Data.As<DeliveryLine>();
            var said = one.Meta?.Code is { } code ? $"  Meta: code {code}, {SafeText.Of(one.Meta.Title)}" : "";
            screen.Line(
                $"           {one.State.PadRight(9)} {one.Connection}  {Words.Of(one.Events, "event")} to dataset "
                    + $"{one.DatasetId}{said}"
            );
        }
    }

    private sealed record OutcomeLine(
        DateTimeOffset At,
        string Connection,
        string? EventId,
        string? EventName,
        string Outcome,
        string? Reason,
        IReadOnlyList<string> Warnings
    );

    private sealed record DeliveryLine(string Connection, string DatasetId, long Events, string State, MetaReply? Meta);
}
