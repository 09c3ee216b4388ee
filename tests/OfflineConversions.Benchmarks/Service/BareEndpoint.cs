using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OfflineConversions.Benchmarks.Border;
using OfflineConversions.Benchmarks.WholeProcess;

namespace OfflineConversions.Benchmarks.Service;

/// <summary>
/// The floors: bare Kestrel with an empty response. <c>/walk</c> buffers the body and reads its JSON once; <see
/// cref="NastyBodies.Path"/> reads the body and does nothing.
/// </summary>
internal sealed class BareEndpoint : ListeningService
{
    private BareEndpoint(WebApplication app)
        : base(app) { }

    public static async Task<BareEndpoint> StartAsync()
    {
        var app = Builder().Build();
        app.MapPost("/walk", WalkAsync);
        app.MapPost(NastyBodies.Path, context => context.Request.Body.CopyToAsync(Stream.Null));
        await app.StartAsync();
        return new BareEndpoint(app);
    }

    private static async Task WalkAsync(HttpContext context)
    {
        // Pooled: a new array for each large body would cost the floor a sixth of its time in the garbage collector.
        var length = (int)context.Request.ContentLength!.Value;
        var body = ArrayPool<byte>.Shared.Rent(length);
        await context.Request.Body.ReadExactlyAsync(body.AsMemory(0, length));
        Floor.Walk(body.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(body);
        context.Response.ContentLength = 0;
    }
}
