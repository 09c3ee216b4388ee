using System.Globalization;
using Microsoft.AspNetCore.Routing.Template;
using OfflineConversions.Server.Ingestion.Protocols;

namespace OfflineConversions.Server.Ingestion;

/// <summary>
/// Treats <c>//v1/batch</c> as <c>/v1/batch</c>: some SDKs append their path to a host that ends in a slash. It applies
/// to the routes of the vendors' APIs, also those that only explain themselves, and to no other, so a proxy's rules
/// about the operator's paths cannot be evaded.
/// </summary>
internal sealed class RepeatedSlashes(VendorProtocols protocols) : IStartupFilter
{
    private readonly HashSet<string> _paths = protocols
        .Routes.Select(route => route.Path)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    private readonly TemplateMatcher[] _unsupported =
    [
        .. protocols
            .Protocols.SelectMany(protocol =>
                protocol.UnsupportedRoutes.SelectMany(route =>
                    new[] { route.Pattern, $"/{protocol.Source.Tag}{route.Pattern}" }
                )
            )
            .Select(pattern => new TemplateMatcher(TemplateParser.Parse(pattern), [])),
    ];

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(
                (context, following) =>
                {
                    if (Single(context.Request.Path.Value) is { } path)
                    {
                        context.Request.Path = path;
                    }

                    return following(context);
                }
            );
            next(app);
        };

    /// <summary>The route's path with single slashes, if that is what the path means.</summary>
    private string? Single(string? path)
    {
        if (path is null || !path.Contains("//", StringComparison.Ordinal))
        {
            return null;
        }

        var single = $"/{string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries))}";
        return _paths.Contains(single) || Array.Exists(_unsupported, template => IsMatch(template, single))
            ? single
            : null;
    }

    private static bool IsMatch(TemplateMatcher template, string path)
    {
        var values = new RouteValueDictionary();
        return template.TryMatch(path, values)
            && template.Template.Parameters.All(parameter =>
                !parameter.InlineConstraints.Any(constraint => constraint.Constraint == "int")
                || int.TryParse(values[parameter.Name!] as string, CultureInfo.InvariantCulture, out _)
            );
    }
}
