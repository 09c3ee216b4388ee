using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using OfflineConversions.Server.Connections;

namespace OfflineConversions.Server.Operations;

/// <summary>Guards the operator's routes: a bearer key, or with none configured a caller on this machine in Development.</summary>
public sealed class AdminKey(ServiceOptions options, IHostEnvironment environment) : IEndpointFilter
{
    private readonly byte[]? _digest = string.IsNullOrWhiteSpace(options.Admin.ApiKey) ? null : Digest(options.Admin.ApiKey);

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var refusal = Refuse(context.HttpContext);
        return refusal ?? await next(context).ConfigureAwait(false);
    }

    private IResult? Refuse(HttpContext context)
    {
        if (_digest is null)
        {
            return environment.IsDevelopment() && IsLocal(context.Connection.RemoteIpAddress)
                ? null
                : Results.Problem("No Admin:ApiKey is configured; without one these routes answer only this machine, and only in Development.", statusCode: StatusCodes.Status403Forbidden);
        }

        if (AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization.ToString(), out var header)
            && header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(_digest, Digest(header.Parameter ?? string.Empty)))
        {
            return null;
        }

        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"OfflineConversions operator\"";
        return Results.Problem("Send Authorization: Bearer with the key of Admin:ApiKey.", statusCode: StatusCodes.Status401Unauthorized);
    }

    private static bool IsLocal(IPAddress? caller) => caller is not null && IPAddress.IsLoopback(caller.IsIPv4MappedToIPv6 ? caller.MapToIPv4() : caller);

    private static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
