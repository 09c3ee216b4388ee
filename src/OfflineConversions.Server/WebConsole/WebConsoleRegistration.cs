using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using OfflineConversions.Server.Admin;
using OfflineConversions.Server.Configuration;
using OfflineConversions.Server.WebConsole.Access;
using OfflineConversions.Server.WebConsole.Display;

namespace OfflineConversions.Server.WebConsole;

/// <summary>Registers and maps the console: pages for people, under <c>/console</c>.</summary>
internal static class WebConsoleRegistration
{
    public static IServiceCollection AddWebConsole(this IServiceCollection services, ServiceOptions options)
    {
        if (!options.Admin.Console)
        {
            return services;
        }

        services.AddSingleton<ConsoleVisitors>();
        services.AddSingleton<KeyCheck>();
        services.AddSingleton<ConsoleSessions>();
        services.AddSingleton<EventSearch>();
        services.AddSingleton<EventText>();
        services.AddSingleton<FunnelHistory>();
        services.AddSingleton<SaleCommand>();
        services.AddConsoleKeys(options.Outbox);
        services.AddAuthentication().AddCookie(ConsoleVisitors.Scheme);
        services
            .AddOptions<CookieAuthenticationOptions>(ConsoleVisitors.Scheme)
            .Configure<ConsoleSessions>((cookie, sessions) => sessions.Configure(cookie, options.Admin));
        services
            .AddAuthorizationBuilder()
            .AddPolicy(
                ConsoleVisitors.Policy,
                new AuthorizationPolicyBuilder(ConsoleVisitors.Scheme).AddRequirements(new ConsoleRequirement()).Build()
            );
        services.AddSingleton<IAuthorizationHandler, ConsoleRequirementHandler>();
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = "console-form";
            antiforgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.Cookie.Path = ConsolePaths.Root;
        });

        // Names of events stay readable in the source of a page; what HTML needs escaped is escaped all the same.
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        services
            .AddRazorPages(pages =>
            {
                pages.RootDirectory = "/WebConsole/Pages";
                pages.Conventions.AuthorizeFolder("/", ConsoleVisitors.Policy);
                pages.Conventions.AllowAnonymousToPage("/SignIn");
                pages.Conventions.ConfigureFilter(new ReadersDoNotAct());
            })
            .ConfigureApplicationPartManager(UseOwnPages);
        return services;
    }

    // The pages of this assembly, whichever program runs it, and of no other.
    private static void UseOwnPages(ApplicationPartManager parts)
    {
        var own = typeof(WebConsoleRegistration).Assembly;
        parts.ApplicationParts.Clear();
        foreach (var part in ApplicationPartFactory.GetApplicationPartFactory(own).GetApplicationParts(own))
        {
            parts.ApplicationParts.Add(part);
        }
    }

    public static void MapWebConsole(this WebApplication app, ServiceOptions options)
    {
        if (!options.Admin.Console)
        {
            return;
        }

        app.MapRazorPages();
        app.MapConsoleAssets();
        app.MapConsoleImports();
        app.MapGet($"{ConsolePaths.Root}/tail", TailEndpoint.WatchAsync)
            .RequireAuthorization(ConsoleVisitors.Policy)
            .ExcludeFromDescription();
    }
}

/// <summary>The paths that code names.</summary>
internal static class ConsolePaths
{
    public const string Root = "/console";
    public const string SignIn = "/console/sign-in";
}
