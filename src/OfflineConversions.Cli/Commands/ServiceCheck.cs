using System.Text.Json;
using OfflineConversions.Cli.Service;

namespace OfflineConversions.Cli.Commands;

/// <summary>Looks at a service from outside: readiness, key, its connections and, if asked, Meta.</summary>
internal static class ServiceCheck
{
    /// <summary>Looks.</summary>
    /// <returns>What was found, or a failure if the service cannot be reached or refuses the key.</returns>
    public static async Task<Result<IReadOnlyList<Finding>>> RunAsync(
        ServiceClient service,
        bool isOnline,
        CancellationToken cancellationToken
    )
    {
        var ready = await service.SendAsync(HttpMethod.Get, "/readyz", content: null, cancellationToken);
        if (ready.Failure is not null)
        {
            return ready.Failure;
        }

        if (
            ready.Value.Json is not { ValueKind: JsonValueKind.Object } readiness
            || !readiness.TryGetProperty("status", out _)
        )
        {
            return ready.Value.IsSuccess
                ? new Failure(ExitCode.Refused, "The address responds, but not as this service does.")
                : service.FailureOf(ready.Value);
        }

        var connections = await service.GetAsync("/api/connections", cancellationToken);
        if (connections.Failure is not null)
        {
            return connections.Failure;
        }

        List<Finding> findings = [.. OfReadiness(service.Address, readiness.As<Readiness>())];
        findings.Add(
            new Finding(
                Verdict.Ok,
                "key",
                service.HasKey ? "The service accepts it." : "None was given, and none is needed."
            )
        );
        foreach (var connection in connections.Value.EnumerateArray().Select(one => one.As<ConnectionLine>()))
        {
            findings.Add(OfState(connection));
            if (isOnline && connection.State != "unconfigured")
            {
                findings.AddRange(await OfMetaAsync(service, connection.Name, cancellationToken));
            }
        }

        return findings;
    }

    private static IEnumerable<Finding> OfReadiness(Uri address, Readiness ready)
    {
        yield return ready.Status == "ready"
            ? new Finding(Verdict.Ok, "service", $"{address} accepts events.")
            : new Finding(
                Verdict.Problem,
                "service",
                $"{address} does not accept events: {string.Join(", ", ready.Reasons ?? [])}."
            );
        foreach (var warning in ready.Warnings ?? [])
        {
            yield return new Finding(Verdict.Warning, "service", warning);
        }

        if (ready.Recoveries is { Count: > 0 } recoveries)
        {
            yield return new Finding(
                Verdict.Warning,
                "service",
                $"Its outbox was damaged and recovered ({recoveries.Count}). See /readyz, then acknowledge it."
            );
        }
    }

    private static Finding OfState(ConnectionLine connection)
    {
        var subject = $"connection {connection.Name}";
        var why = string.Join(' ', new[] { connection.Meaning, connection.Detail, connection.Remedy }.OfType<string>());
        return connection.State switch
        {
            "active" => new Finding(Verdict.Ok, subject, "It delivers."),
            "throttled" => new Finding(Verdict.Warning, subject, $"It waits ({connection.Reason}). {why}"),
            "paused" => new Finding(Verdict.Warning, subject, $"It is paused. {why}"),
            "unconfigured" => new Finding(
                Verdict.Problem,
                subject,
                $"It is not in the configuration, and {connection.Pending} of its events wait."
            ),
            _ => new Finding(Verdict.Problem, subject, $"It is {connection.State} ({connection.Reason}). {why}"),
        };
    }

    private static async Task<IEnumerable<Finding>> OfMetaAsync(
        ServiceClient service,
        string name,
        CancellationToken cancellationToken
    )
    {
        var subject = $"connection {name}";
        var path = $"/api/connections/{Uri.EscapeDataString(name)}";
        var tested = await service.PostAsync($"{path}/test", json: null, cancellationToken);
        if (tested.Failure is { } untested)
        {
            return [new Finding(Verdict.Problem, subject, $"It could not be tested: {untested.Message}")];
        }

        List<Finding> findings =
        [
            .. tested
                .Value.As<ConnectionFinding>()
                .Datasets.Select(one => new Finding(
                    one.Ok ? Verdict.Ok : Verdict.Problem,
                    subject,
                    $"dataset {one.DatasetId}: {one.Message}"
                )),
        ];
        var token = await service.GetAsync($"{path}/token", cancellationToken);
        if (token.Failure is null && token.Value.As<TokenFinding>() is { Message: { } message } found)
        {
            findings.Add(
                new Finding(found.Valid == false ? Verdict.Problem : Verdict.Ok, subject, $"token: {message}")
            );
        }

        return findings;
    }

    private sealed record Readiness(
        string Status,
        IReadOnlyList<string>? Reasons,
        IReadOnlyList<string>? Warnings,
        IReadOnlyList<JsonElement>? Recoveries
    );

    private sealed record TokenFinding(bool? Valid, string? Message);
}

/// <summary>One thing that a check found.</summary>
/// <param name="Verdict">How it is.</param>
/// <param name="Subject">What was looked at.</param>
/// <param name="Text">What was found, and what to do.</param>
internal sealed record Finding(Verdict Verdict, string Subject, string Text)
{
    /// <summary>The verdict, as it is printed.</summary>
    public string Word =>
        Verdict switch
        {
            Verdict.Ok => "ok",
            Verdict.Warning => "warning",
            _ => "problem",
        };
}

/// <summary>How something is.</summary>
internal enum Verdict
{
    /// <summary>It works.</summary>
    Ok,

    /// <summary>It works, and something should be changed.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Problem,
}
