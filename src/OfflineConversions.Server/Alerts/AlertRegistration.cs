using System.Net;
using OfflineConversions.Server.Configuration;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace OfflineConversions.Server.Alerts;

internal static class AlertRegistration
{
    private const int Retries = 40;
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    /// <summary>Registers the watch and its webhooks.</summary>
    public static IServiceCollection AddAlerts(this IServiceCollection services, ServiceOptions options)
    {
        services
            .AddHttpClient(Webhook.Client, client => client.Timeout = Timeout.InfiniteTimeSpan) // the pipeline has it
            .ConfigurePrimaryHttpMessageHandler(() =>
                new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }
            )
            .RemoveAllLoggers(); // they would log URLs
        services.AddSingleton(new OutboxDisk(options.Outbox));
        services.AddSingleton<EndingConditions>();
        services.AddSingleton<AlertConditions>();
        services.AddSingleton<AlertStorage>();
        services.AddSingleton<IReadOnlyList<Webhook>>(provider =>
        {
            var pipeline = Pipeline(provider.GetRequiredService<TimeProvider>());
            return
            [
                .. options.Alerts.Webhooks.Select(
                    (webhook, index) =>
                        new Webhook(
                            index,
                            webhook,
                            provider.GetRequiredService<IHttpClientFactory>(),
                            pipeline,
                            provider.GetRequiredService<AlertStorage>(),
                            provider.GetRequiredService<ILogger<Webhook>>()
                        )
                ),
            ];
        });
        services.AddHostedService<AlertWatch>();
        return services;
    }

    /// <summary>
    /// Repeats for about six hours. A refusal that a repetition cannot change, such as 404, is not repeated.
    /// </summary>
    private static ResiliencePipeline<HttpResponseMessage> Pipeline(TimeProvider time) =>
        new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddRetry(
                new RetryStrategyOptions<HttpResponseMessage>
                {
                    ShouldHandle = call =>
                        ValueTask.FromResult(
                            call.Outcome.Exception is HttpRequestException or TimeoutRejectedException
                                || IsTemporary(call.Outcome.Result?.StatusCode)
                        ),
                    MaxRetryAttempts = Retries,
                    BackoffType = DelayBackoffType.Exponential,
                    Delay = FirstWait,
                    MaxDelay = LongestWait,
                    UseJitter = true,
                }
            )
            .AddTimeout(AttemptTimeout)
            .Build();

    private static bool IsTemporary(HttpStatusCode? status) =>
        status
            is HttpStatusCode.RequestTimeout
                or HttpStatusCode.TooManyRequests
                or >= HttpStatusCode.InternalServerError;
}
