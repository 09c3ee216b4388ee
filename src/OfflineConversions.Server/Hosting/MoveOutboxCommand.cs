using System.Globalization;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox;
using OfflineConversions.Server.Outbox.Moving;
using OfflineConversions.Server.Telemetry;

namespace OfflineConversions.Server.Hosting;

/// <summary>
/// The command <c>move-outbox</c>: moves everything that the outbox holds from SQLite to PostgreSQL or back, says what
/// it moved, and exits. It can be killed at any time and repeated.
/// </summary>
internal static class MoveOutboxCommand
{
    /// <summary>The argument that makes the process this command instead of a service.</summary>
    public const string Name = "move-outbox";

    private const string To = "--to";
    private const string Cancel = "--cancel";

    /// <summary>Whether the arguments ask for it.</summary>
    public static bool IsAskedFor(IReadOnlyList<string> args) => args.Contains(Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Runs it.</summary>
    /// <returns>
    /// 0 if everything is moved, also if it was before; else 1 and the reason on <paramref name="errors"/>.
    /// </returns>
    public static async Task<int> RunAsync(string[] args, ISourceRegistry sources, TextWriter output, TextWriter errors)
    {
        if (MoveArguments.Read(args) is not { } asked)
        {
            await errors.WriteLineAsync($"Say where to: {Name} {To} PostgreSql, or {Name} {To} Sqlite.");
            return 1;
        }

        if (StartUp.Read(asked.Rest, sources, errors) is not var (builder, options))
        {
            return 1;
        }

        if (options.Outbox.Provider != OutboxProvider.PostgreSql)
        {
            await errors.WriteLineAsync(
                "The command needs the settings of both outboxes: set Outbox:Provider to PostgreSql, "
                    + "Outbox:ConnectionString to the database and Outbox:Path to the file, in both directions."
            );
            return 1;
        }

        builder.AddConsoleLog(options.Logs);
        builder.Services.PostConfigure<LoggerFilterOptions>(filter =>
        {
            filter.Rules.Clear();
            filter.MinLevel = LogLevel.Warning;
        });
        await using var app = builder.Build();
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(nameof(OutboxMove));
        try
        {
            await (
                asked.IsCancelled
                    ? CancelAsync(asked, options, logger, output)
                    : MoveAsync(asked, options, logger, output)
            );
            return 0;
        }
        catch (Exception reason) when (reason is SettingUnusableException or MoveFailedException)
        {
            await errors.WriteLineAsync(reason.Message);
            return 1;
        }
    }

    private static async Task MoveAsync(MoveArguments asked, ServiceOptions options, ILogger logger, TextWriter output)
    {
        await using var source = await OutboxRegistration.OpenForMoveAsync(
            asked.From,
            options,
            mustExist: true,
            logger
        );
        await using var target = await OutboxRegistration.OpenForMoveAsync(asked.To, options, mustExist: false, logger);
        var report = await new OutboxMove(source, target, TimeProvider.System).RunAsync(CancellationToken.None);
        await output.WriteLineAsync(
            report.WasComplete
                ? $"The outbox in {source.Name} was moved into {target.Name} before:"
                : $"Moved the outbox in {source.Name} into {target.Name}:"
        );
        await WriteAsync(report.Moved, output);
        if (report.WithoutPlace.Any(left => left.Rows > 0))
        {
            await output.WriteLineAsync($"{Capital(target.Name)} has no place for this, and it is gone:");
            await WriteAsync([.. report.WithoutPlace.Where(left => left.Rows > 0)], output);
        }

        if (!report.WasComplete)
        {
            await output.WriteLineAsync("The ledgers are equal:");
            foreach (var line in report.Ledger)
            {
                await output.WriteLineAsync(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"  {line.Connection}: {line.Accepted} accepted, {line.Delivered} delivered, {line.Waiting} "
                            + $"waiting, {line.Failed} failed, {line.Discarded} discarded, {line.Expired} expired"
                    )
                );
            }
        }

        await output.WriteLineAsync(
            asked.To == OutboxProvider.PostgreSql
                ? "Start the service with Outbox:Provider PostgreSql."
                : "Start the service with Outbox:Provider Sqlite, without Outbox:ConnectionString."
        );
    }

    private static async Task CancelAsync(
        MoveArguments asked,
        ServiceOptions options,
        ILogger logger,
        TextWriter output
    )
    {
        await using var source = await OutboxRegistration.OpenForMoveAsync(
            asked.From,
            options,
            mustExist: true,
            logger
        );
        await using var target = await TryOpenTargetAsync(asked, options, logger, output);
        await OutboxMove.CancelAsync(source, target);
        await output.WriteLineAsync($"Gave up the move. {Capital(source.Name)} holds everything, as before it.");
    }

    /// <summary>A move is often given up because of its target, so that need not work.</summary>
    private static async Task<IMovableStore?> TryOpenTargetAsync(
        MoveArguments asked,
        ServiceOptions options,
        ILogger logger,
        TextWriter output
    )
    {
        try
        {
            return await OutboxRegistration.OpenForMoveAsync(asked.To, options, mustExist: true, logger);
        }
        catch (SettingUnusableException unusable)
        {
            await output.WriteLineAsync(
                $"{unusable.Message} What was copied there stays, and the service does not open it. Delete it before "
                    + "another move: the schema offlineconversions, or the file."
            );
            return null;
        }
    }

    private static async Task WriteAsync(IReadOnlyList<MoveCount> counts, TextWriter output)
    {
        foreach (var (title, rows) in counts)
        {
            await output.WriteLineAsync($"{rows.ToString(CultureInfo.InvariantCulture).PadLeft(12)} {title}");
        }
    }

    private static string Capital(string name) => string.Concat(name[..1].ToUpperInvariant(), name.AsSpan(1));

    /// <summary>What the command line asks for.</summary>
    /// <param name="To">The store that everything moves into.</param>
    /// <param name="IsCancelled">Whether a move that is not complete is given up.</param>
    /// <param name="Rest">The arguments that are settings.</param>
    private sealed record MoveArguments(OutboxProvider To, bool IsCancelled, string[] Rest)
    {
        /// <summary>The other store.</summary>
        public OutboxProvider From =>
            To == OutboxProvider.PostgreSql ? OutboxProvider.Sqlite : OutboxProvider.PostgreSql;

        /// <summary>Reads the arguments; <see langword="null"/> if they name no store.</summary>
        public static MoveArguments? Read(string[] args)
        {
            OutboxProvider? to = null;
            var isCancelled = false;
            var rest = new List<string>();
            for (var at = 0; at < args.Length; at++)
            {
                if (args[at].Equals(Name, StringComparison.OrdinalIgnoreCase))
                {
                    continue;
                }

                if (args[at].Equals(Cancel, StringComparison.OrdinalIgnoreCase))
                {
                    isCancelled = true;
                }
                else if (args[at].Equals(MoveOutboxCommand.To, StringComparison.OrdinalIgnoreCase))
                {
                    at++;
                    to = at < args.Length ? ProviderOf(args[at]) : null;
                }
                else
                {
                    rest.Add(args[at]);
                }
            }

            return to is { } store ? new MoveArguments(store, isCancelled, [.. rest]) : null;
        }

        // Enum.TryParse would also take numbers and lists, and a move in the wrong direction is hard to undo.
        private static OutboxProvider? ProviderOf(string name) =>
            Enum.GetValues<OutboxProvider>()
                .Cast<OutboxProvider?>()
                .FirstOrDefault(provider => name.Equals($"{provider}", StringComparison.OrdinalIgnoreCase));
    }
}
