using Microsoft.AspNetCore.Authorization;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.WebConsole.Access;

/// <summary>Who may see the console, and who may act in it.</summary>
internal sealed class ConsoleVisitors(ConnectionRegistry connections, IHostEnvironment environment)
{
    /// <summary>The name of the authentication scheme of sessions.</summary>
    public const string Scheme = "Console";

    /// <summary>The name of the policy of pages.</summary>
    public const string Policy = "Console";

    /// <summary>The role of someone who signed in with the operator's key.</summary>
    public const string Operator = "operator";

    /// <summary>The role of someone who signed in with the read-only key.</summary>
    public const string Reader = "reader";

    /// <summary>Whether anybody can sign in.</summary>
    public bool HasKey => connections.Current.OperatorKey is not null;

    /// <summary>Whether the caller needs no sign-in: on this machine, in Development, without a key.</summary>
    public bool IsLocal(HttpContext context) => !HasKey && environment.IsDevelopment() && LocalCaller.Is(context);

    /// <summary>Whether the caller may see the pages.</summary>
    public bool MaySee(HttpContext context) =>
        context.User.IsInRole(Operator) || context.User.IsInRole(Reader) || IsLocal(context);

    /// <summary>Whether the caller may change something.</summary>
    public bool MayAct(HttpContext context) => context.User.IsInRole(Operator) || IsLocal(context);
}

/// <summary>The caller may see the console.</summary>
internal sealed class ConsoleRequirement : IAuthorizationRequirement;

/// <summary>Decides <see cref="ConsoleRequirement"/>.</summary>
internal sealed class ConsoleRequirementHandler(ConsoleVisitors visitors) : AuthorizationHandler<ConsoleRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ConsoleRequirement requirement)
    {
        if (context.Resource is HttpContext http && visitors.MaySee(http))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
