using Microsoft.Extensions.DependencyInjection.Extensions;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.Outbox.Journal;
using OfflineConversions.Server.Outbox.Moving;
using OfflineConversions.Server.Outbox.Postgres;
using OfflineConversions.Server.Outbox.Postgres.Moving;
using OfflineConversions.Server.Outbox.Sqlite;
using OfflineConversions.Server.Outbox.Sqlite.Moving;

namespace OfflineConversions.Server.Outbox;

/// <summary>Adds the outbox to the container.</summary>
internal static class OutboxRegistration
{
    /// <summary>Registers the outbox that the configuration names. It is opened when it is first resolved.</summary>
    public static IServiceCollection AddOutbox(this IServiceCollection services, ServiceOptions options)
    {
        return options.Outbox.Provider switch
        {
            OutboxProvider.PostgreSql => services.AddOutbox(provider =>
                PostgresOutbox.Open(
                    options.Outbox,
                    provider.GetRequiredService<SteadyTime>(),
                    provider.GetRequiredService<ILogger<PostgresOutbox>>(),
                    new PostgresTiming(options.Delivery.LongestWait),
                    options.Journal
                )
            ),
            _ => services.AddOutbox(provider => new SqliteOutbox(
                options.Outbox,
                provider.GetRequiredService<SteadyTime>(),
                provider.GetRequiredService<ILogger<SqliteOutbox>>(),
                longestWait: options.Delivery.LongestWait,
                journal: options.Journal
            )),
        };
    }

    /// <summary>
    /// Opens one of the stores that the configuration describes, as a side of a move. Both are described at once: the
    /// settings of PostgreSQL and <c>Outbox:Path</c>.
    /// </summary>
    /// <param name="provider">The store.</param>
    /// <param name="options">The settings.</param>
    /// <param name="mustExist">Whether an SQLite file that is missing is an error; otherwise it is created.</param>
    /// <param name="logger">Reports what the operator should know.</param>
    /// <exception cref="SettingUnusableException">The store cannot be opened.</exception>
    public static async Task<IMovableStore> OpenForMoveAsync(
        OutboxProvider provider,
        ServiceOptions options,
        bool mustExist,
        ILogger logger
    ) =>
        provider == OutboxProvider.PostgreSql
            ? await PostgresMovableStore.OpenAsync(
                options.Outbox,
                options.Delivery.LongestWait,
                TimeProvider.System,
                logger
            )
            : SqliteMovableStore.Open(options.Outbox, TimeProvider.System, logger, mustExist);

    /// <summary>Registers one store under every interface of the contract, and the clock that goes with it.</summary>
    public static IServiceCollection AddOutbox<TStore>(
        this IServiceCollection services,
        Func<IServiceProvider, TStore> open
    )
        where TStore : class, IOutboxStore
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => SteadyTime.Over(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(open);
        services.TryAddSingleton<IOutbox>(provider => provider.GetRequiredService<TStore>());
        services.TryAddSingleton<IFailedList>(provider => provider.GetRequiredService<TStore>());
        services.TryAddSingleton<IPendingList>(provider => provider.GetRequiredService<TStore>());
        services.TryAddSingleton<ILedger>(provider => provider.GetRequiredService<TStore>());
        services.TryAddSingleton<IErasure>(provider => provider.GetRequiredService<TStore>());
        services.TryAddSingleton<IConnectionStateStore>(provider => provider.GetRequiredService<TStore>());
        services.TryAddSingleton<IJournal>(provider => provider.GetRequiredService<TStore>());
        services.TryAddSingleton<IImportStore>(provider => provider.GetRequiredService<TStore>());
        services.TryAddSingleton<IAlertStore>(provider => provider.GetRequiredService<TStore>());
        services.TryAddSingleton<IReplicaStore>(provider => provider.GetRequiredService<TStore>());
        services.TryAddSingleton<LeasedTask>();
        services.TryAddSingleton<IDatabaseUse>(provider => provider.GetRequiredService<TStore>());
        services.TryAddSingleton<IRecoveryNotices>(provider => provider.GetRequiredService<TStore>());
        services.TryAddSingleton<IDamageReports>(provider => provider.GetRequiredService<TStore>());
        return services;
    }
}

/// <summary>A store that implements the whole contract. Callers depend on the interface they need instead.</summary>
internal interface IOutboxStore
    : IOutbox,
        IFailedList,
        IPendingList,
        ILedger,
        IErasure,
        IConnectionStateStore,
        IImportStore,
        IAlertStore,
        IReplicaStore,
        IDatabaseUse,
        IRecoveryNotices,
        IDamageReports,
        IJournal;
